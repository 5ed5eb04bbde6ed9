"""Lambda: notification requests from the e-mail queues become e-mails from SES."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from gateways import clients
from gateways.email import SesEmail
from notifications.claim import Asked
from notifications.notification import Notification
from notifications.order_event import Channel
from notifications.prices import estimate
from notifications.templates import Words
from processors.batch_response import BatchResponse
from processors.deadline import deadline
from processors.sender import Sender, respond, wire
from processors.settings import EmailSenderSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> BatchResponse:
    """Send one batch; what could not be sent yet is brought again."""
    log = _log()
    log.append_keys(request_id=context.aws_request_id)
    return respond(event, _wired(), log, time_left=deadline(context))


def cost(row: Notification, _: Words) -> Asked:
    """Return what an e-mail costs; it has no parts."""
    return Asked(id=row.id, reserved=estimate(Channel.EMAIL, None, 1))


@cache
def _log() -> Logger:
    return Logger(service="email-sender")


@cache
def _wired() -> Sender:
    """Build once per execution environment, on the first invocation."""
    settings = EmailSenderSettings.from_env(os.environ)
    return wire(
        settings,
        Channel.EMAIL,
        lambda executor: SesEmail(
            client=clients.email_provider(),
            sender=settings.email_from,
            configuration_set=settings.configuration_set,
            stage=settings.stage,
            executor=executor,
        ),
        cost,
    )
