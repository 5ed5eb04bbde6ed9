"""Lambda: send text messages with SNS. Invoked by the SMS queues."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from ordercast.events.order_event import Channel
from ordercast.gateways import clients
from ordercast.gateways.invocations.batch_response import BatchResponse
from ordercast.gateways.invocations.deadline import deadline
from ordercast.gateways.invocations.request_log import request_log
from ordercast.gateways.providers.sns_sms import SnsSms
from ordercast.settings.processors import SmsSenderSettings
from ordercast.settings.texts import template_ids
from ordercast.wiring.clock import utc_now, wait_until
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
    settings = SmsSenderSettings.from_env(os.environ)
    return wire(
        settings,
        Channel.SMS,
        lambda executor: SnsSms(
            wait=wait_until,
            client=clients.sms_provider(now=utc_now),
            sender_id=settings.sender_id,
            india_entity_id=settings.india_entity_id,
            india_template_ids=template_ids(settings.india_template_ids),
            executor=executor,
        ),
    )
