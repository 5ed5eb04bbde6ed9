"""Lambda: merge delivery receipts into notifications. Invoked by the receipts queue."""

import os
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from ordercast.errors import Retryable
from ordercast.gateways import clients
from ordercast.gateways.invocations.batch_response import BatchResponse, message_ids, of
from ordercast.gateways.invocations.request_log import request_log
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.gateways.people.dynamo_people import DynamoPeople
from ordercast.gateways.receipt_logs.dynamo_receipt_logs import DynamoReceiptLogs
from ordercast.receipts.provider_events import meaning_of
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import CountedEvent, MalformedReceipt, Receipt
from ordercast.settings.processors import ReceiptTrackerSettings
from ordercast.wiring.address_secret import read_address_secret
from ordercast.wiring.receipts import ReceiptPorts, apply_receipts
from ordercast.wiring.tables import tables
from ordercast.workflows.apply_receipts import ApplyReceipts

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> BatchResponse:
    """Apply one batch; a receipt without a known notification is kept until there is one."""
    log = request_log("receipt-tracker", context)
    return respond(event, _wired(), log)


def respond(event: Mapping[str, Any], apply: ApplyReceipts, log: Logger) -> BatchResponse:
    """Unwrap, apply and answer; malformed receipts go to the dead letters."""
    read = {record["messageId"]: _read(record) for record in event["Records"]}
    malformed = [m for m, receipt in read.items() if isinstance(receipt, MalformedReceipt)]
    receipts = [each for each in read.values() if isinstance(each, Receipt)]
    try:
        applied = apply(receipts)
    except Retryable as error:
        log.warning("batch_not_applied", extra={"reason": str(error), "messages": len(read)})
        return of(message_ids(event))
    log.info(
        "batch_applied",
        extra={
            "receipts": len(receipts),
            "messages": applied.messages,
            "repeated": applied.repeated,
            "orphans": applied.orphans,
            "without_row": applied.without_row,
            "malformed": len(malformed),
            "counted": Counter(
                each.kind for each in read.values() if isinstance(each, CountedEvent)
            ),
            "unknown": _unknown(receipts),
        },
    )
    return of(malformed)


def _read(record: Mapping[str, Any]) -> Receipt | CountedEvent | MalformedReceipt:
    try:
        return read_receipt(record["body"], received_at=_received_at(record))
    except MalformedReceipt as error:
        return error


def _received_at(record: Mapping[str, Any]) -> datetime:
    """Return when the queue received it, which is the same at each redelivery."""
    sent = int(record["attributes"]["SentTimestamp"])
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=sent)


def _unknown(receipts: list[Receipt]) -> Counter[str]:
    """Count, by kind, events that are not in the table; no kind holds personal data."""
    return Counter(r.kind for r in receipts if not meaning_of(r.kind, r.channel).known)


@cache
def _wired() -> ApplyReceipts:
    """Build once per execution environment, on the first invocation."""
    settings = ReceiptTrackerSettings.from_env(os.environ)
    read_address_secret(settings.address_secret)
    executor = ThreadPoolExecutor(clients.WORKERS)
    table = tables(executor)
    customers = table(settings.customers_table)
    ports = ReceiptPorts(
        ledger=DynamoLedger(table=table(settings.ledger_table), customers=customers),
        people=DynamoPeople(table=customers),
        receipt_logs=DynamoReceiptLogs(table=table(settings.receipts_table)),
    )
    return apply_receipts(ports, settings)
