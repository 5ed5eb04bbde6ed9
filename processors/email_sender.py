"""Lambda: send e-mails with SES. Invoked by the e-mail queues."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from ordercast.events.order_event import Channel
from ordercast.gateways.invocations.batch_response import BatchResponse
from ordercast.gateways.invocations.deadline import deadline
from ordercast.gateways.invocations.request_log import request_log
from ordercast.settings.processors import EmailSenderSettings
from processors.sender import Sender, respond, wire
from processors.traced import traced

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> BatchResponse:
    """Send one batch; what could not be sent yet is redelivered."""
    log = request_log("email-sender", context)
    with traced("email-sender", event["Records"], os.environ):
        return respond(event, _wired(), log, time_left=deadline(context))


@cache
def _wired() -> Sender:
    """Build once per execution environment, on the first invocation."""
    return wire(EmailSenderSettings.from_env(os.environ), Channel.EMAIL)
