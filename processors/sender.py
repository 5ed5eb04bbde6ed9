"""Respond to a queue's batch of notification ids. Used by the SMS and the e-mail sender."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger
from msgspec import Struct

from ordercast.embedded_metric_format import MetricsLevel
from ordercast.errors import Retryable
from ordercast.events.identity import is_notification_id
from ordercast.events.order_event import Channel
from ordercast.gateways import clients
from ordercast.gateways.budgets.dynamo_accounts import DynamoAccounts
from ordercast.gateways.invocations.batch_response import BatchResponse, message_ids, of
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.gateways.ledger.template_versions import DynamoTemplateVersions
from ordercast.gateways.messaging.visibility import SqsVisibility
from ordercast.gateways.pacing.dynamo_buckets import DynamoBuckets
from ordercast.gateways.receipt_logs.dynamo_receipt_logs import DynamoReceiptLogs
from ordercast.pacing.bucket import WAVE
from ordercast.sending.prices import claim_request
from ordercast.settings.processors import SenderSettings
from ordercast.wiring.address_secret import read_address_secret
from ordercast.wiring.routes import routed_provider, routes_of
from ordercast.wiring.send import SenderPorts, pricing_of, send_messages
from ordercast.wiring.tables import tables
from ordercast.workflows.ports import Deadline
from ordercast.workflows.send_messages import SendMessages
from processors.sender_metrics import emf_lines

Delay = Callable[[str, Mapping[str, timedelta]], None]
"""Set how long each message (by receipt handle) of a queue (its ARN) stays invisible."""

# A foreign message uses up its receives, and goes to the dead letters, within the hour.
FOREIGN = timedelta(seconds=10)


class Sender(Struct, frozen=True, kw_only=True):
    """A channel's workflow, the delay of redelivered messages, and what metrics it publishes.

    CloudWatch reads metrics from what a function prints; `write` prints a line of them.
    """

    send: SendMessages
    delay: Delay
    stage: str
    metrics: MetricsLevel
    write: Callable[[str], None] = print


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
    _redeliver_later(records, back, sender.delay)
    log.info(
        "batch_sent",
        extra={
            "messages": len(requests),
            "skipped": sent.skipped,
            "foreign": foreign,
            "retried": len(back) - foreign,
            "back_pressure": dict(sent.back_pressure),
            "settled": {str(state): count for state, count in sent.settled.items() if count},
            "bugs": list(sent.bugs),
        },
    )
    for line in emf_lines(
        sent, sender.send.channel, stage=sender.stage, level=sender.metrics, at=sender.send.now()
    ):
        sender.write(line)
    return of(back)


def wire(settings: SenderSettings, channel: Channel) -> Sender:
    """Build a channel's sender."""
    read_address_secret(settings.address_secret)
    # All calls of a wave run at once: a second round could outlast WAVE_TAKES.
    executor = ThreadPoolExecutor(WAVE)
    table = tables(executor)
    routes = routes_of(channel, settings)
    ports = SenderPorts(
        ledger=DynamoLedger(
            table=table(settings.ledger_table), customers=table(settings.customers_table)
        ),
        receipt_logs=DynamoReceiptLogs(table=table(settings.receipts_table)),
        buckets=DynamoBuckets(table=table(settings.ledger_table)),
        accounts=DynamoAccounts(table=table(settings.ledger_table)),
        provider=routed_provider(routes, settings, executor),
        routes=routes,
        template_versions=DynamoTemplateVersions(table=table(settings.ledger_table)),
        cost=partial(claim_request, pricing=pricing_of(settings)),
    )
    delay = SqsVisibility(client=clients.sqs()).delay
    return Sender(
        send=send_messages(channel, ports, settings),
        delay=delay,
        stage=settings.stage,
        metrics=settings.metrics,
    )


def _redeliver_later(
    records: Sequence[Mapping[str, Any]], waits: Mapping[str, timedelta], delay: Delay
) -> None:
    """Give each message of *waits* (by message id) its own visibility timeout.

    The queue's timeout is made for functions that crash. A batch is of one queue.
    """
    handles = {
        record["receiptHandle"]: waits[record["messageId"]]
        for record in records
        if record["messageId"] in waits
    }
    if handles:
        delay(records[0]["eventSourceARN"], handles)


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
