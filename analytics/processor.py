"""Lambda: ledger changes from its DynamoDB stream become metrics in CloudWatch."""

import os
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from analytics.changes import accepted
from analytics.metrics import emf_line
from analytics.settings import AnalyticsSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Count one batch; the line is printed last, so that a batch that fails counts nothing.

    A batch that is brought again after its line was printed is counted again: CloudWatch cannot
    tell. The exact numbers are the ledger's.
    """
    log = _log()
    log.append_keys(request_id=context.aws_request_id)
    count = accepted(event["Records"])
    log.info("batch_counted", extra={"changes": len(event["Records"]), "accepted": count})
    if count:
        print(emf_line({"Accepted": count}, stage=_settings().stage, at=datetime.now(UTC)))
    return {"batchItemFailures": []}


@cache
def _log() -> Logger:
    return Logger(service="analytics")


@cache
def _settings() -> AnalyticsSettings:
    return AnalyticsSettings.from_env(os.environ)
