"""Respond to a queue's batch of notification ids. Used by the SMS and the e-mail sender."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import random
from typing import Any
from uuid import uuid4

from aws_lambda_powertools import Logger

from ordercast.errors import Retryable
from ordercast.events.identity import is_notification_id
from ordercast.events.order_event import Channel
from ordercast.gateways import clients
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.gateways.messaging.visibility import SqsVisibility
from ordercast.gateways.receipt_logs.dynamo_receipt_logs import DynamoReceiptLogs
from ordercast.metrics import PARKED_METRIC, emf_line
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.sending.claim import ClaimRequest
from ordercast.settings.processors import SenderSettings
from ordercast.templates import Words, send_within, words
from ordercast.wiring.tables import tables
from ordercast.workflows.merge_receipts import MergeReceipts
from ordercast.workflows.ports import Deadline, Provider
from ordercast.workflows.send.checks import Checks
from ordercast.workflows.send.claims import Claims
from ordercast.workflows.send.settling import Settling
from ordercast.workflows.send_messages import WAVE, SendMessages
from processors.batch_response import BatchResponse, message_ids, of
from processors.waits import Delay, redeliver_later

# A foreign message uses up its receives, and goes to the dead letters, within the hour.
FOREIGN = timedelta(seconds=10)

Cost = Callable[[Notification, Words], ClaimRequest]
"""Return the claim request of a notification: its parts and price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A channel's workflow, the delay of redelivered messages, and the stage's name."""

    send: SendMessages
    delay: Delay
    stage: str


def respond(
    event: Mapping[str, Any], sender: Sender, log: Logger, *, time_left: Deadline
) -> BatchResponse:
    """Unwrap, send and answer; a foreign message goes to the dead letters."""
    records = event["Records"]
    requests = {record["messageId"]: _notification_id(record) for record in records}
    foreign = sum(wanted is None for wanted in requests.values())
    try:
        sent = sender.send(_received(records, requests), time_left=time_left)
    except Retryable as error:
        log.warning("batch_not_sent", extra={"reason": str(error), "messages": len(requests)})
        return of(message_ids(event))
    waits = {m: FOREIGN if i is None else sent.retry.get(i) for m, i in requests.items()}
    back = {m: wait for m, wait in waits.items() if wait is not None}
    redeliver_later(records, back, sender.delay)
    log.info(
        "batch_sent",
        extra={
            "messages": len(requests),
            "skipped": sent.skipped,
            "foreign": foreign,
            "retried": len(back) - foreign,
            "settled": {str(state): count for state, count in sent.settled.items() if count},
            "bugs": list(sent.bugs),
        },
    )
    if sent.settled[State.PARKED]:
        at = sender.send.now()
        line = emf_line({PARKED_METRIC: sent.settled[State.PARKED]}, stage=sender.stage, at=at)
        print(line)  # noqa: T201 - CloudWatch reads metrics from what a function prints
    return of(back)


def wire(
    settings: SenderSettings,
    channel: Channel,
    provider: Callable[[Executor], Provider],
    cost: Cost,
) -> Sender:
    """Build a channel's sender around its provider."""
    # All calls of a wave run at once: a second round could outlast WAVE_TAKES.
    executor = ThreadPoolExecutor(WAVE)
    table = tables(executor)
    ledger = DynamoLedger(
        table=table(settings.ledger_table), customers=table(settings.customers_table)
    )
    send = SendMessages(
        channel=channel,
        ledger=ledger,
        provider=provider(executor),
        checks=Checks(
            ledger=ledger,
            words=words,
            cost=cost,
            send_within=send_within,
            chance=random,
            now=_now,
        ),
        claims=Claims(
            ledger=ledger, lease=settings.claim_lease, token=lambda: uuid4().hex, now=_now
        ),
        settling=Settling(
            ledger=ledger,
            receipt_logs=DynamoReceiptLogs(table=table(settings.receipts_table)),
            merge=MergeReceipts(ledger=ledger, receipt_timeout=settings.receipt_timeout, now=_now),
            receipt_retention=settings.receipt_retention,
            receipt_timeout=settings.receipt_timeout,
            chance=random,
        ),
        now=_now,
    )
    delay = SqsVisibility(client=clients.sqs()).delay
    return Sender(send=send, delay=delay, stage=settings.stage)


def _now() -> datetime:
    return datetime.now(UTC)


def _received(
    records: Sequence[Mapping[str, Any]], requests: Mapping[str, str | None]
) -> dict[str, int]:
    """Return each notification's receive count; of several messages, that of the oldest."""
    received: dict[str, int] = {}
    for record in records:
        if wanted := requests[record["messageId"]]:
            times = int(record["attributes"]["ApproximateReceiveCount"])
            received[wanted] = max(times, received.get(wanted, 0))
    return received


def _notification_id(record: Mapping[str, Any]) -> str | None:
    try:
        wanted = str(json.loads(record["body"])["notification_id"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return wanted if is_notification_id(wanted) else None
