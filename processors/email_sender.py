"""Lambda: send e-mails with SES. Invoked by the e-mail queues."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from ordercast.events.order_event import Channel
from ordercast.gateways import clients
from ordercast.gateways.invocations.batch_response import BatchResponse
from ordercast.gateways.invocations.deadline import deadline
from ordercast.gateways.invocations.request_log import request_log
from ordercast.gateways.providers.ses_email import SesEmail
from ordercast.settings.brands import own_senders
from ordercast.settings.processors import EmailSenderSettings
from ordercast.wiring.clock import utc_now, wait_until
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
    settings = EmailSenderSettings.from_env(os.environ)
    return wire(
        settings,
        Channel.EMAIL,
        lambda executor: SesEmail(
            wait=wait_until,
            client=clients.email_provider(now=utc_now),
            sender=settings.email_from,
            own_senders=own_senders(settings.brand_senders),
            configuration_set=settings.configuration_set,
            stage=settings.stage,
            unsubscribe_url=settings.unsubscribe_url,
            unsubscribe_mailbox=settings.unsubscribe_mailbox,
            executor=executor,
        ),
    )
