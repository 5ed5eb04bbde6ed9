"""Count and time updating rollups: Ordercast's analytics and a plain counter."""

import io
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from boto3.dynamodb.types import TypeDeserializer
from msgspec.structs import replace

from analytics.cloudwatch_metrics import emf_lines
from benchmarks.aws import endpoint
from benchmarks.aws.account import ROLLUPS, opened
from benchmarks.aws.stand_in import StandIn
from benchmarks.measuring import timed
from benchmarks.ordercast_functions import RELAY_SETTINGS, wired
from benchmarks.orders import payloads
from ordercast.decisions.audience import audience_of
from ordercast.decisions.decision import Decision, Verdict
from ordercast.decisions.drafting import rows
from ordercast.events.identity import event_hash, order_hash
from ordercast.events.order_event import Channel
from ordercast.events.parse import parse_order_event
from ordercast.gateways import clients
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import newest, rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.notifications.notification import Notification
from ordercast.rollups.counting import entries, transactions
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
    read_cpu: float
    cpu: float
    plain_cpu: float
    plain_counting_cpu: float


def rollups() -> RollupsWorkload:
    """Count a thousand changes, in memory for the calls and over connections for the time."""
    event = changes()
    aws = StandIn()
    with opened(aws.answer), wired() as functions:
        functions.count(event)
    cpu = read_cpu = plain_cpu = float("inf")
    with (
        endpoint.running(latency=0) as served,
        opened(served.name, url=served.url),
        wired() as functions,
    ):
        for _ in range(ROUNDS):
            served.start_over()
            cpu = min(cpu, timed(lambda: functions.count(event)).cpu)
            read_cpu = min(read_cpu, timed(lambda: _read(event)).cpu)
            plain_cpu = min(plain_cpu, timed(lambda: _handle_plainly(event)).cpu)
        updates = timed(lambda: _update_plainly(event)).cpu
    return RollupsWorkload(
        calls=aws.calls,
        read_cpu=read_cpu,
        cpu=cpu,
        plain_cpu=plain_cpu,
        plain_counting_cpu=plain_cpu + updates,
    )


def units_of_batches(size: int) -> float:
    """Return the write units per notification that is counted once, in batches of that size."""
    aws = StandIn()
    rows = _rows()
    with opened(aws.answer), wired() as functions:
        for start in range(0, NOTIFICATIONS, size):
            records = [
                _change(row, None, number)
                for number, row in enumerate(rows[start : start + size], start=1)
            ]
            functions.count({"Records": records})
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
        event = parse_order_event(payload, default_currency="USD")
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
        estimate=Decimal("0.01002"),
        reserved=Decimal("0.01503"),
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
