"""Lambda: send text messages. Invoked by the SMS queues."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from ordercast.events.order_event import Channel
from ordercast.gateways.invocations.batch_response import BatchResponse
from ordercast.gateways.invocations.deadline import deadline
from ordercast.gateways.invocations.request_log import request_log
from ordercast.settings.processors import SmsSenderSettings
from processors.sender import Sender, respond, wire
from processors.traced import traced

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> BatchResponse:
    """Send one batch; what could not be sent yet is redelivered."""
    log = request_log("sms-sender", context)
    with traced("sms-sender", event["Records"], os.environ):
        return respond(event, _wired(), log, time_left=deadline(context))


@cache
def _wired() -> Sender:
    """Build once per execution environment, on the first invocation."""
    return wire(SmsSenderSettings.from_env(os.environ), Channel.SMS)
