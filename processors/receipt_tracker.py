"""Lambda: providers' receipts from the receipts queue become facts on the ledger."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from gateways import clients
from gateways.ledger import DynamoLedger
from gateways.message_ids import DynamoMessageIds
from notifications.errors import Retryable
from notifications.receipt import MalformedReceipt, Receipt, read_receipt
from processors.batch_response import BatchResponse, message_ids, of
from processors.settings import ReceiptTrackerSettings
from processors.tables import tables
from workflows.apply_receipts import ApplyReceipts

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> BatchResponse:
    """Apply one batch; a receipt that matches nothing yet is brought again."""
    log = _log()
    log.append_keys(request_id=context.aws_request_id)
    return respond(event, _wired(), log)


def respond(event: Mapping[str, Any], apply: ApplyReceipts, log: Logger) -> BatchResponse:
    """Unwrap, apply and answer; what is no receipt goes to the dead letters."""
    read = {record["messageId"]: _read(record["body"]) for record in event["Records"]}
    malformed = [m for m, receipt in read.items() if isinstance(receipt, MalformedReceipt)]
    receipts = {m: receipt for m, receipt in read.items() if isinstance(receipt, Receipt)}
    try:
        applied = apply(list(receipts.values()))
    except Retryable as error:
        log.warning("batch_not_applied", extra={"reason": str(error), "messages": len(read)})
        return of(message_ids(event))
    unmatched = [m for m, receipt in receipts.items() if receipt in applied.unmatched]
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
def _wired() -> ApplyReceipts:
    """Build once per execution environment, on the first invocation."""
    settings = ReceiptTrackerSettings.from_env(os.environ)
    executor = ThreadPoolExecutor(clients.WORKERS)
    table = tables(executor)
    return ApplyReceipts(
        ledger=DynamoLedger(table=table(settings.ledger_table)),
        message_ids=DynamoMessageIds(table=table(settings.receipts_table)),
        now=lambda: datetime.now(UTC),
    )
