"""Lambda: notification requests from the e-mail queues become e-mails from SES."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from gateways import clients
from gateways.email import SesEmail
from processors.batch_response import BatchResponse
from processors.sender import respond, wire
from processors.settings import EmailSenderSettings
from workflows.send_messages import SendMessages

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> BatchResponse:
    """Send one batch; what could not be sent yet is brought again."""
    log = _log()
    log.append_keys(request_id=context.aws_request_id)
    return respond(event, _wired(), log)


@cache
def _log() -> Logger:
    return Logger(service="email-sender")


@cache
def _wired() -> SendMessages:
    """Build once per execution environment, on the first invocation."""
    settings = EmailSenderSettings.from_env(os.environ)
    return wire(
        settings,
        lambda executor: SesEmail(
            client=clients.email_provider(),
            sender=settings.email_from,
            configuration_set=settings.configuration_set,
            stage=settings.stage,
            executor=executor,
        ),
    )
