"""Lambda: count ledger changes into rollups and metrics. Invoked by the ledger's stream."""

import os
import random
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from analytics.cloudwatch_metrics import emf_lines
from ordercast.gateways import clients
from ordercast.gateways.dynamodb.table import Table
from ordercast.gateways.invocations.batch_response import BatchResponse, from_lowest
from ordercast.gateways.invocations.request_log import request_log
from ordercast.gateways.ledger.stream_changes import StreamChange, newest, rollup_input_of
from ordercast.gateways.rollups.dynamo_rollups import DynamoRollups
from ordercast.rollups.counting import Entry
from ordercast.rollups.rollup import RollupInput
from ordercast.settings.analytics import AnalyticsSettings
from ordercast.workflows.count_changes import Count

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

WriteMetrics = Callable[[Iterable[Entry]], None]
"""Write the metrics of what was counted."""


def handler(event: dict[str, Any], context: "LambdaContext") -> BatchResponse:
    """Count one batch, then write its metrics.

    A redelivered batch counts nothing twice. After a crash between the two, CloudWatch lacks the
    batch, and `ordercast verify` shows by how much.
    """
    log = request_log("analytics", context)
    return respond(event, _wired(), log, write_metrics=_write_metrics)


def respond(
    event: Mapping[str, Any], count: Count, log: Logger, *, write_metrics: WriteMetrics
) -> BatchResponse:
    """Unwrap, count, write metrics and answer."""
    changes = newest(event["Records"])
    inputs, bugs = _rollup_inputs(changes)
    tally = count(inputs)
    write_metrics(tally.entries)
    log.info(
        "batch_counted",
        extra={
            "changes": len(event["Records"]),
            "notifications": len(changes),
            "counted": len(tally.entries),
            "undone": len(tally.undone),
            "bugs": bugs,
        },
    )
    return from_lowest(changes[each].sequence_number for each in tally.undone)


def _rollup_inputs(changes: Mapping[str, StreamChange]) -> tuple[list[RollupInput], list[str]]:
    """Read each row by itself: one that fails is not counted, which `verify` will find."""
    inputs, bugs = [], []
    for change in changes.values():
        try:
            inputs.append(rollup_input_of(change.image))
        except Exception as error:  # noqa: BLE001 - it must not hold up its neighbours for hours
            bugs.append(type(error).__name__)
    return inputs, bugs


def _write_metrics(counted: Iterable[Entry]) -> None:
    settings, now = _settings(), datetime.now(UTC)
    for line in emf_lines(counted, stage=settings.stage, level=settings.metrics, now=now):
        print(line)


@cache
def _settings() -> AnalyticsSettings:
    return AnalyticsSettings.from_env(os.environ)


@cache
def _wired() -> Count:
    """Build once per execution environment, on the first invocation."""
    table = Table(
        client=clients.dynamodb(),
        name=_settings().rollups_table,
        executor=ThreadPoolExecutor(clients.WORKERS),
        pause=time.sleep,
    )
    rollups = DynamoRollups(table=table, ledger=_settings().ledger_table)
    return Count(rollups=rollups, pause=time.sleep, chance=random.random)
