"""Lambda: providers' receipts from the receipts queue become facts on the ledger."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from random import random
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from gateways import clients
from gateways.ledger import DynamoLedger
from gateways.message_ids import DynamoMessageIds
from gateways.queue_visibility import SqsVisibility
from notifications.errors import Retryable
from notifications.receipt import MalformedReceipt, Receipt, read_receipt
from notifications.retry import backoff
from processors.batch_response import BatchResponse, message_ids, of
from processors.settings import ReceiptTrackerSettings
from processors.tables import tables
from processors.waits import Delay, bring_back
from workflows.apply_receipts import ApplyReceipts

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> BatchResponse:
    """Apply one batch; a receipt that matches nothing yet is brought again."""
    log = _log()
    log.append_keys(request_id=context.aws_request_id)
    return respond(event, _wired(), log)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """What a batch is applied with, and how receipts that came too early are delayed."""

    apply: ApplyReceipts
    delay: Delay


def respond(event: Mapping[str, Any], tracker: Tracker, log: Logger) -> BatchResponse:
    """Unwrap, apply and answer; what is no receipt goes to the dead letters."""
    read = {record["messageId"]: _read(record["body"]) for record in event["Records"]}
    malformed = [m for m, receipt in read.items() if isinstance(receipt, MalformedReceipt)]
    receipts = {m: receipt for m, receipt in read.items() if isinstance(receipt, Receipt)}
    try:
        applied = tracker.apply(list(receipts.values()))
    except Retryable as error:
        log.warning("batch_not_applied", extra={"reason": str(error), "messages": len(read)})
        return of(message_ids(event))
    unmatched = [m for m, receipt in receipts.items() if receipt in applied.unmatched]
    came = {
        r["messageId"]: int(r["attributes"]["ApproximateReceiveCount"]) for r in event["Records"]
    }
    waits = {m: backoff(came[m], chance=random()) for m in unmatched}  # noqa: S311 - spreads them
    bring_back(event["Records"], waits, tracker.delay)
    log.info(
        "batch_applied",
        extra={
            "messages": len(read),
            "changed": applied.changed,
            "unmatched": len(unmatched),
            "malformed": len(malformed),
        },
    )
    return of(unmatched + malformed)


def _read(body: str) -> Receipt | MalformedReceipt | None:
    try:
        return read_receipt(body)
    except MalformedReceipt as error:
        return error


@cache
def _log() -> Logger:
    return Logger(service="receipt-tracker")


@cache
def _wired() -> Tracker:
    """Build once per execution environment, on the first invocation."""
    settings = ReceiptTrackerSettings.from_env(os.environ)
    executor = ThreadPoolExecutor(clients.WORKERS)
    table = tables(executor)
    apply = ApplyReceipts(
        ledger=DynamoLedger(table=table(settings.ledger_table)),
        message_ids=DynamoMessageIds(table=table(settings.receipts_table)),
        now=lambda: datetime.now(UTC),
    )
    return Tracker(apply=apply, delay=SqsVisibility(client=clients.sqs()).delay)
