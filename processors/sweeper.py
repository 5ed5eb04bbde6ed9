"""Lambda: each minute, notifications whose publication was lost are published again."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from gateways import clients
from gateways.dynamodb import Table
from gateways.hub import SnsHub
from gateways.ledger import DynamoLedger
from gateways.topic import Topic
from processors.settings import SweeperSettings
from workflows.sweep import Sweep

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

NOTIFICATIONS_A_ROUND = 400


def handler(_event: dict[str, Any], context: "LambdaContext") -> dict[str, int]:
    """Do one round; trouble with the outside world fails it, and the next minute tries again."""
    log = _log()
    log.append_keys(request_id=context.aws_request_id)
    swept = _wired()()
    answer = {"looked_at": swept.looked_at, "republished": swept.republished}
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
    table = Table(client=clients.dynamodb(), name=settings.ledger_table, executor=executor)
    hub = Topic(client=clients.sns_topics(), arn=settings.hub_topic_arn, executor=executor)
    return Sweep(
        ledger=DynamoLedger(table=table),
        hub=SnsHub(topic=hub),
        now=lambda: datetime.now(UTC),
        first_wait=settings.republish_after,
        limit=NOTIFICATIONS_A_ROUND,
    )
