"""Lambda: each minute, what is due is released, published again or recorded as in doubt."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from gateways import clients
from gateways.hub import SnsHub
from gateways.ledger import DynamoLedger
from gateways.receipt_queue import SqsReceiptQueue
from gateways.topic import Topic
from notifications.sweeping import Patience
from notifications.templates import send_within
from processors.settings import SweeperSettings
from processors.tables import tables
from workflows.sweep import Sweep

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

NOTIFICATIONS_A_ROUND = 400


def handler(_event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Do one round; trouble with the outside world fails it, and the next minute tries again."""
    log = _log()
    log.append_keys(request_id=context.aws_request_id)
    swept = _wired()()
    answer = {
        "looked_at": swept.looked_at,
        "published": swept.published,
        "doubtful": swept.doubtful,
        "bugs": list(swept.bugs),
    }
    log.info("round_swept", extra=answer)
    return answer


@cache
def _log() -> Logger:
    return Logger(service="sweeper")


@cache
def _wired() -> Sweep:
    """Build once per execution environment, on the first invocation."""
    settings = SweeperSettings.from_env(os.environ)
    executor = ThreadPoolExecutor(clients.WORKERS)
    table = tables(executor)
    customers = table(settings.customers_table)
    hub = Topic(client=clients.sns_topics(), arn=settings.hub_topic_arn, executor=executor)
    return Sweep(
        ledger=DynamoLedger(table=table(settings.ledger_table), customers=customers),
        hub=SnsHub(topic=hub),
        receipts=SqsReceiptQueue(
            client=clients.sqs(),
            cloudwatch=clients.cloudwatch(),
            url=settings.receipts_queue_url,
            dead_letters_url=settings.receipts_dead_letters_url,
        ),
        send_within=send_within,
        patience=Patience(
            first_wait=settings.republish_after,
            resend_email_after=settings.resend_email_after or None,
        ),
        now=lambda: datetime.now(UTC),
        limit=NOTIFICATIONS_A_ROUND,
    )
