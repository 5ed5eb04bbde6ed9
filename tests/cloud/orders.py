"""Put orders on the local cloud and look up what the ledger, the inbox and the bucket then hold. Used by its tests."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import boto3
from msgspec.structs import replace

from local_cloud.cloud import LocalCloud
from local_cloud.inbox import SentMessage, read_inbox
from ordercast.events.identity import order_hash_for
from ordercast.gateways.dynamodb.codec import millis
from ordercast.gateways.ledger.items import read_decision
from ordercast.gateways.ledger.keys import DECISION_PREFIX, is_notification, kind_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.operations.target import Target
from tests.eventually import eventually
from tests.examples import drafts, example_decision

HOURS = timedelta(hours=3)  # longer than any run of the tests


def phone(order_id: str) -> str:
    """A number that few other orders have: there is a cap, and only so many are for fiction."""
    return f"+1206555{100 + crc32(order_id.encode()) % 90:04}"


def order(order_id: str, **changes: Any) -> dict[str, Any]:
    contact = {"email": f"{order_id}@example.com", "phone": phone(order_id)}
    return {"order_id": order_id, "channel": "both", "contact": contact} | changes


def put(target: Target, *payloads: bytes | dict[str, Any]) -> list[str]:
    """Put one record a payload on one shard; answer their sequence numbers."""
    client = boto3.client("kinesis")
    stream = target.names.orders_stream
    records = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in payloads]
    answer = client.put_records(
        StreamName=stream, Records=[{"PartitionKey": "flow", "Data": data} for data in records]
    )
    return [record["SequenceNumber"] for record in answer["Records"]]


def rows(target: Target, order_id: str) -> list[Notification]:
    return target.ledger().of_order(order_hash_for(shop=None, order_id=order_id))


def sent_messages(cloud: LocalCloud, order_id: str) -> list[SentMessage]:
    """What the carrier was given about the order."""
    return [m for m in read_inbox(cloud.inbox) if order_id in m.subject + m.text]


def ended(target: Target, order_id: str, *states: State) -> list[Notification]:
    """Wait until the order's notifications are in these states; answer them, texts first."""

    def the_orders_rows_have_ended() -> list[Notification]:
        now = sorted(rows(target, order_id), key=lambda row: row.channel, reverse=True)
        return now if [row.state for row in now] == list(states) else []

    return eventually(the_orders_rows_have_ended, within=60)


def enter(target: Target, order_id: str, **changes: Any) -> list[Notification]:
    """Enter an order's rows as a relay does that dies before it publishes them."""
    contact = order(order_id)["contact"]
    about = {"order_id": order_id, "event_id": order_id, "contact": contact, "shop": None} | changes
    ledger, now = target.ledger(), datetime.now(UTC)
    ledger.record_decisions([example_decision(now=now, **about)])
    return ledger.accept(drafts(now=now, **about), [])


def sweep_now(target: Target, order_id: str) -> None:
    """Let the order's rows be due, and the sweeper look at them."""
    ledger, now = target.ledger(), datetime.now(UTC)

    def every_row_is_due() -> bool:
        seen = rows(target, order_id)
        changes = [(row, replace(row, due_at=now)) for row in seen]
        return {row.id for row in seen} == ledger.change(changes)

    eventually(every_row_is_due)
    answer = boto3.client("lambda").invoke(FunctionName=target.names.sweeper_function)
    assert "FunctionError" not in answer, answer["Payload"].read()


def expire(target: Target, order_id: str) -> None:
    """Do what time does: the rows' retention has ended, and only decisions and latest statuses are left."""
    table, dynamodb = target.names.ledger_table, boto3.client("dynamodb")
    for item in items(target):
        if item["pk"]["S"] != order_hash_for(shop=None, order_id=order_id):
            continue
        key = {"pk": item["pk"], "sk": item["sk"]}
        if is_notification(item):
            dynamodb.delete_item(TableName=table, Key=key)
        elif kind_of(item) == DECISION_PREFIX:
            dynamodb.update_item(
                TableName=table,
                Key=key,
                UpdateExpression="SET expires_at = :past",
                ExpressionAttributeValues={":past": millis(datetime.now(UTC) - HOURS)},
            )


def items(target: Target) -> Iterator[dict[str, Any]]:
    pages = boto3.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=target.names.ledger_table):
        yield from page["Items"]


def promised(target: Target) -> int:
    """Every notification of every test so far that was to be sent, as the decisions and operators have it."""
    there = list(items(target))
    decisions = [read_decision(item) for item in there if kind_of(item) == DECISION_PREFIX]
    verdicts = [verdict for each in decisions for verdict in each.verdicts.values()]
    resent = sum("resend_of" in item for item in there)
    cancelled = sum(item.get("rule") == {"S": "cancelled"} for item in there)
    return sum(verdict.state is not State.SUPPRESSED for verdict in verdicts) + resent - cancelled


def parked(target: Target) -> dict[str, dict[str, Any]]:
    """What the bucket of parked records holds, by position."""
    s3, bucket = boto3.client("s3"), target.names.parked_bucket
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="parked/").get("Contents", [])
    bodies = [s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed]
    kept = [json.loads(line) for body in bodies for line in body.splitlines()]
    return {each["sequence_number"]: each for each in kept}
