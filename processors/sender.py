"""A queue's batch of notification ids in, the sender's answer out: what the channels share."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aws_lambda_powertools import Logger

from gateways import clients
from gateways.dynamodb import Table
from gateways.ledger import DynamoLedger
from gateways.message_ids import DynamoMessageIds
from notifications.errors import Retryable
from notifications.identity import is_notification_id
from notifications.templates import words
from processors.batch_response import BatchResponse, message_ids, of
from processors.settings import SenderSettings
from workflows.ports import Provider
from workflows.send_messages import SendMessages


def respond(event: Mapping[str, Any], send: SendMessages, log: Logger) -> BatchResponse:
    """Unwrap, send and answer; a message that is no request of ours goes to the dead letters."""
    requests = {record["messageId"]: _notification_id(record) for record in event["Records"]}
    foreign = [message for message, wanted in requests.items() if wanted is None]
    try:
        sent = send([wanted for wanted in requests.values() if wanted])
    except Retryable as error:
        log.warning("batch_not_sent", extra={"reason": str(error), "messages": len(requests)})
        return of(message_ids(event))
    log.info(
        "batch_sent",
        extra={
            "messages": len(requests),
            "skipped": sent.skipped,
            "foreign": len(foreign),
            "settled": {str(state): count for state, count in sent.settled.items()},
            "bugs": list(sent.bugs),
        },
    )
    return of([m for m, wanted in requests.items() if wanted is None or wanted in sent.retry])


def wire(settings: SenderSettings, provider: Callable[[Executor], Provider]) -> SendMessages:
    """Build a channel's sender around its provider."""
    executor = ThreadPoolExecutor(clients.WORKERS)
    dynamodb = clients.dynamodb()
    ledger = Table(client=dynamodb, name=settings.ledger_table, executor=executor)
    receipts = Table(client=dynamodb, name=settings.receipts_table, executor=executor)
    return SendMessages(
        ledger=DynamoLedger(table=ledger),
        message_ids=DynamoMessageIds(table=receipts),
        provider=provider(executor),
        words=words,
        now=lambda: datetime.now(UTC),
        token=lambda: uuid4().hex,
        lease=settings.claim_lease,
        receipt_retention=settings.receipt_retention,
    )


def _notification_id(record: Mapping[str, Any]) -> str | None:
    try:
        wanted = str(json.loads(record["body"])["notification_id"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return wanted if is_notification_id(wanted) else None
