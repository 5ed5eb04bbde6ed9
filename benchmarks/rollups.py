"""Count and time updating rollups: Ordercast's analytics and a plain counter."""

import io
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from boto3.dynamodb.types import TypeDeserializer

from analytics import processor
from analytics.metrics import emf_lines
from benchmarks.aws import endpoint
from benchmarks.aws.account import ROLLUPS, empty_tables, opened
from benchmarks.aws.stand_in import StandIn
from benchmarks.ordercast_functions import RELAY_SETTINGS
from benchmarks.orders import payloads
from ordercast.decisions.audience import audience_of
from ordercast.decisions.decision import Decision, Verdict
from ordercast.decisions.drafting import rows
from ordercast.events.envelope import open_envelope
from ordercast.events.identity import event_hash, order_hash
from ordercast.events.order_event import Channel, parse_order_event
from ordercast.events.stream_record import StreamRecord
from ordercast.gateways import clients
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import newest, rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.notifications.notification import Notification
from ordercast.rollups.counting import entries, transactions
from ordercast.settings.analytics import AnalyticsSettings
from ordercast.wiring.relay import policy_of

CHANGES, NOTIFICATIONS, BUCKETS = 1000, 400, 20
ROUNDS = 9
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

Event = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RollupsWorkload:
    """The cost of counting one batch; CPU in seconds, all from one run.

    `read_cpu` is ours without calls, `cpu` with them; `plain_cpu` is the plain reader's, which
    makes none, and `plain_counting_cpu` is its with an UpdateItem a record.
    """

    calls: Counter[str]
    units: Mapping[str, float]
    read_cpu: float
    cpu: float
    plain_cpu: float
    plain_counting_cpu: float


def rollups() -> RollupsWorkload:
    """Count a thousand changes, in memory for the calls and over connections for the time."""
    event = changes()
    aws = StandIn(empty_tables)
    with opened(aws.answer), _wired():
        _handle(event)
        units = aws.tables[ROLLUPS].units
        calls = aws.calls.copy()
    cpu = read_cpu = plain_cpu = float("inf")
    with endpoint.running(latency=0) as served, opened(served.name, url=served.url), _wired():
        for _ in range(ROUNDS):
            served.start_over()
            cpu = min(cpu, _cpu(lambda: _handle(event)))
            read_cpu = min(read_cpu, _cpu(lambda: _read(event)))
            plain_cpu = min(plain_cpu, _cpu(lambda: _handle_plainly(event)))
        updates = _cpu(lambda: _update_plainly(event))
    return RollupsWorkload(
        calls=calls,
        units={kind: count / NOTIFICATIONS for kind, count in units.items()},
        read_cpu=read_cpu,
        cpu=cpu,
        plain_cpu=plain_cpu,
        plain_counting_cpu=plain_cpu + updates,
    )


def units_of_batches(size: int) -> float:
    """Return the write units per notification that is counted once, in batches of that size."""
    aws = StandIn(empty_tables)
    rows = _rows()
    with opened(aws.answer), _wired():
        for start in range(0, NOTIFICATIONS, size):
            records = [
                _change(row, None, number)
                for number, row in enumerate(rows[start : start + size], start=1)
            ]
            _handle({"Records": records})
        return aws.tables[ROLLUPS].units.total() / NOTIFICATIONS


def changes() -> Event:
    """Return a batch of the ledger's stream: 400 texts in 20 buckets, each two or three changes."""
    records: list[Event] = []
    for number, sent in enumerate(_rows()):
        claimed = replace(sent, state=State.SENDING, version=2, messages={}, sent_at=None)
        requested = replace(claimed, state=State.REQUESTED, version=1, owner=None)
        story = [requested, claimed, sent] if number % 2 else [claimed, sent]
        for before, after in zip([None, *story], story, strict=False):
            records.append(_change(after, before, len(records)))
    return {"Records": records[:CHANGES]}


def _rows() -> list[Notification]:
    policy = policy_of(RELAY_SETTINGS)
    made = []
    for number, payload in enumerate(payloads(NOTIFICATIONS, channel="sms", contact=True)):
        record = StreamRecord(
            sequence_number=str(number), partition_key=None, arrived_at=AT, payload=payload
        )
        (opened_record,) = open_envelope(record)
        if not isinstance(opened_record, StreamRecord):
            raise TypeError(opened_record.reason)
        event = parse_order_event(opened_record.payload, default_currency="USD")
        decision = Decision(
            order=order_hash(event),
            event=event_hash(event),
            verdicts={Channel.SMS: Verdict(state=State.REQUESTED)},
            fingerprint="f",
            position=str(number),
            accepted_at=AT + timedelta(seconds=number % 60),
            expires_at=AT + timedelta(days=90),
        )
        (row,) = rows(event, decision, audience_of(event, {}), policy=policy)
        made.append(_sent(row, number))
    return made


def _sent(row: Notification, number: int) -> Notification:
    return replace(
        row,
        campaign=f"campaign-{number % BUCKETS}",
        state=State.SENT,
        version=3,
        attempts=1,
        owner="0" * 32,
        parts=1,
        reserved=Decimal("0.01002"),
        cost=Decimal("0.01002"),
        cost_source=CostSource.ESTIMATE,
        messages={f"{number:036}": Message(state=State.SENT, at=AT)},
        sent_at=row.effective_at + timedelta(milliseconds=700 + number * 7),
    )


def _change(after: Notification, before: Notification | None, number: int) -> Event:
    images = {"NewImage": write(after), **({"OldImage": write(before)} if before else {})}
    return {
        "eventID": f"{number:032}",
        "eventName": "MODIFY" if before else "INSERT",
        "dynamodb": {"SequenceNumber": f"{number + 1}", **images},
    }


def _handle(event: Event) -> None:
    with redirect_stdout(io.StringIO()):
        answer = processor.handler(event, _CONTEXT)
    if answer["batchItemFailures"]:
        message = f"not done: {answer}"
        raise RuntimeError(message)


def _read(event: Event) -> None:
    """Do the same without the calls."""
    lines = [rollup_input_of(change.image) for change in newest(event["Records"]).values()]
    news = entries(lines, {})
    transactions(news)
    for _ in emf_lines(news, stage="bench", level="essential", now=AT + timedelta(hours=1)):
        pass


def _update_plainly(event: Event) -> None:
    """Add one to a count for each record."""
    client = clients.dynamodb()
    for record in event["Records"]:
        client.update_item(
            TableName=ROLLUPS,
            Key={"pk": {"S": "plain"}, "sk": record["dynamodb"]["NewImage"]["channel"]},
            UpdateExpression="SET #n = :n",
            ExpressionAttributeNames={"#n": "count"},
            ExpressionAttributeValues={":n": {"N": "1"}},
        )


def _handle_plainly(event: Event) -> None:
    """Turn both images of each record into Python values, and flush the metrics of each."""
    read = TypeDeserializer()
    metrics = Metrics(namespace="Plain", service="analytics")
    with redirect_stdout(io.StringIO()):
        for record in event["Records"]:
            new, _ = (
                {name: read.deserialize(value) for name, value in image.items()}
                for image in (
                    record["dynamodb"]["NewImage"],
                    record["dynamodb"].get("OldImage", {}),
                )
            )
            metrics.add_dimension(name="channel", value=new["channel"])
            metrics.add_metric(name=new["state"], unit=MetricUnit.Count, value=1)
            metrics.flush_metrics()


class _AnalyticsContext:
    aws_request_id = "benchmark"


_CONTEXT: Any = _AnalyticsContext()


@contextmanager
def _wired() -> Iterator[None]:
    settings = AnalyticsSettings(stage="bench", metrics="essential", rollups_table=ROLLUPS)
    log = Logger(service="benchmark-analytics", stream=io.StringIO())
    with (
        patch.dict(os.environ, settings.to_env()),
        patch.object(processor, "request_log", lambda *_: log),
    ):
        for each in (processor._wired, processor._settings):  # noqa: SLF001 - rewired
            each.cache_clear()
        yield


def _cpu(job: Any) -> float:  # noqa: ANN401 (a callable)
    began = time.process_time()
    job()
    return time.process_time() - began
