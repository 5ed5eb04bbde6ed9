"""The books on the local cloud: what was put is what was counted, in CloudWatch too."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zlib import crc32

import boto3

from analytics.verification import verification
from gateways.rollup_item import SHARDS
from notifications.identity import notification_id
from notifications.knowledge import Wanted
from notifications.order_event import Channel, parse_order_event
from ordercast.export import columns
from ordercast.target import Target
from ordercast.verify import Answer, compare, document, settings_of
from tests.eventually import eventually

SHOP = f"books-{uuid4().hex[:12]}"


def compared(target: Target, since: datetime) -> Answer:
    settings = settings_of(target, patience=timedelta(seconds=5))
    wired = verification(settings, now=lambda: datetime.now(UTC))
    return compare(target, wired, settings, since, datetime.now(UTC))


def test_what_was_put_is_counted_once_everywhere(target) -> None:
    """Twice on the stream, with one record that cannot be used, and each sum holds."""
    begun = datetime.now(UTC)
    payloads = [json.dumps(order(number)).encode() for number in range(8)]
    kinesis = boto3.client("kinesis")
    for payload in [*payloads, *payloads[:3], b"not an order"]:
        stream = target.output("OrdersStreamName")
        kinesis.put_record(StreamName=stream, Data=payload, PartitionKey="books")
    wanted = {_id(each, channel) for each in payloads for channel in Channel}

    def balanced() -> Answer | None:
        answer = compared(target, begun.replace(minute=0, second=0, microsecond=0))
        rows = target.ledger().look_up(_wanted(wanted)).notifications
        sent = [columns(row)["taken"] for row in rows.values()]
        told = {books == cloudwatch for books, cloudwatch in _whole(answer)}
        found = answer.found
        # Other tests share this cloud, and some of them damage its ledger on purpose.
        amiss = {*found.wrong_lines, *found.not_yet_counted, *found.moving} & wanted
        right = not amiss and not found.wrong_buckets and {True} == told
        return answer if right and [True] * 16 == sent else None

    answer = eventually(balanced, within=90, every=2)

    records = answer.records
    assert records.add_up
    assert 8 <= records.accepted
    assert 3 <= records.duplicate
    assert 1 <= records.parked
    assert document(answer)["different"]["buckets"] == []


def test_a_row_that_was_never_counted_is_found_by_a_scan_and_repaired(target) -> None:
    """As if all its changes had been withheld: it is counted nowhere, and no record names it."""
    settings = settings_of(target, patience=timedelta(seconds=1))
    wired = verification(settings, now=lambda: datetime.now(UTC))
    rollups = target.rollups()
    payload = json.dumps(order(99)).encode()
    stream = target.output("OrdersStreamName")
    boto3.client("kinesis").put_record(StreamName=stream, Data=payload, PartitionKey="books")
    ids = [_id(payload, channel) for channel in Channel]

    def all_is_over() -> bool:
        lines = wired.lines.lines(ids)
        hours = {i: line.bucket.hour for i, line in lines.items()}
        counted = rollups.counted(hours)
        return len(counted) == len(ids) and all(
            lines[i].state == "delivered" and each.version == lines[i].version
            for i, each in counted.items()
        )

    assert eventually(all_is_over, within=90, every=1)
    line = wired.lines.lines(ids)[ids[0]]
    key = {
        "pk": {"S": f"counted#{line.bucket.hour}#{_shard(line.id)}"},
        "sk": {"S": line.id},
    }
    boto3.client("dynamodb").delete_item(TableName=target.output("RollupsTableName"), Key=key)

    found = wired.verify([line.bucket.hour], [line.id])
    assert line.id in found.not_yet_counted
    assert line.bucket in found.wrong_buckets

    wired.verify.repair(found)
    assert wired.verify([line.bucket.hour], [line.id]).are_clean


def order(number: int) -> dict[str, object]:
    order_id = f"{SHOP}-{number}"
    return {
        "event_id": f"{order_id}-confirmed",
        "order_id": order_id,
        "shop": SHOP,
        "customer_id": f"c-{order_id}",
        "channel": "both",
        "contact": {
            "email": f"{order_id}@example.com",
            "phone": f"+1206555{110 + number % 70:04}",
            "country": "US",
        },
    }


def _id(payload: bytes, channel: Channel) -> str:
    return notification_id(parse_order_event(payload, default_currency="USD"), channel)


def _wanted(ids: set[str]) -> Wanted:
    return Wanted(notifications=frozenset(ids))


def _whole(answer: Answer) -> list[tuple[float, float]]:
    """The figures that are whole numbers; dollars are added up in another order."""
    return [both for name, both in answer.cloudwatch.items() if name != "CostUSD"]


def _shard(notification_id: str) -> int:
    return crc32(notification_id.encode()) % SHARDS
