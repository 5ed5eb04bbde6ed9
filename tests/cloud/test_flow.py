"""The whole flow on the local cloud: what is put on the stream, and what became of it."""

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest

from local.cloud import LocalCloud
from local.inbox import SentMessage, read_inbox
from notifications.identity import order_hash_for
from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.order_event import parse_order_event
from notifications.routing import Policy, decide
from ordercast.accepted_metric import accepted_count
from ordercast.target import Target, local_target
from tests.eventually import eventually

PHONE = "+12065550100"
HOURS = timedelta(hours=3)  # longer than any run of the tests


@pytest.fixture
def target(cloud: LocalCloud) -> Target:
    return local_target(cloud)


@pytest.fixture
def order_id() -> str:
    """An order that no other test knows."""
    return f"flow-{uuid4().hex[:12]}"


def order(order_id: str, **changes: Any) -> dict[str, Any]:
    contact = {"email": f"{order_id}@example.com", "phone": PHONE}
    return {"order_id": order_id, "channel": "both", "contact": contact} | changes


def put(target: Target, *payloads: bytes | dict[str, Any]) -> list[str]:
    """Put one record a payload on one shard; answer their sequence numbers."""
    client = boto3.client("kinesis")
    stream = target.outputs["OrdersStreamName"]
    records = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in payloads]
    answer = client.put_records(
        StreamName=stream, Records=[{"PartitionKey": "flow", "Data": data} for data in records]
    )
    return [record["SequenceNumber"] for record in answer["Records"]]


def rows(target: Target, order_id: str) -> list[Notification]:
    return target.ledger().of_order(order_hash_for(shop=None, order_id=order_id))


def told(cloud: LocalCloud, order_id: str) -> list[SentMessage]:
    """What the carrier was given about the order."""
    return [m for m in read_inbox(cloud.inbox) if order_id in m.subject + m.text]


def ended(target: Target, order_id: str, *states: State) -> list[Notification]:
    """Wait until the order's notifications are in these states; answer them, texts first."""

    def the_orders_rows_have_ended() -> list[Notification]:
        now = sorted(rows(target, order_id), key=lambda row: row.channel, reverse=True)
        return now if [row.state for row in now] == list(states) else []

    return eventually(the_orders_rows_have_ended, within=60)


def test_one_order_becomes_one_text_and_one_email_and_both_are_delivered(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    put(target, order(order_id, amount={"value": "42.50", "currency": "USD"}))

    text, email = ended(target, order_id, State.DELIVERED, State.DELIVERED)

    messages = {m.channel: m for m in told(cloud, order_id)}
    assert {"sms", "email"} == set(messages)
    assert 2 == len(told(cloud, order_id))
    assert (PHONE, text.message_id) == (messages["sms"].to, messages["sms"].message_id)
    assert email.message_id == messages["email"].message_id
    assert email.id == messages["email"].tags["notification_id"]
    assert "42.50 USD" in messages["email"].html


def test_an_event_that_is_put_again_is_told_once(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    """A producer that heard no answer puts its event again; so does a replay, much later."""
    event = order(order_id)
    put(target, event, event)
    ended(target, order_id, State.DELIVERED, State.DELIVERED)

    after = f"{order_id}-after"
    put(target, event, order(after))
    ended(target, after, State.DELIVERED, State.DELIVERED)

    assert 2 == len(told(cloud, order_id)) - len(told(cloud, after))


def test_both_earlier_shapes_are_taken_as_they_are(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    camel, snake = f"{order_id}-a", f"{order_id}-b"
    put(
        target,
        {
            "orderId": camel,
            "customerEmail": "ada@example.com",
            "phoneNumber": PHONE,
            "orderAmount": 19.9,
            "items": ["Teapot"],
            "channel": "both",
            "timestamp": "2026-03-02T09:30:00Z",
        },
        {"order_id": snake, "customer_id": "c-1", "status": "confirmed"},
    )

    ended(target, camel, State.DELIVERED, State.DELIVERED)
    [suppressed] = ended(target, snake, State.SUPPRESSED)
    assert "no-consent" == suppressed.rule
    assert [] == told(cloud, snake)


def test_a_malformed_record_is_parked_with_its_payload_and_its_neighbours_go_out(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    before, after = f"{order_id}-1", f"{order_id}-3"
    malformed = f'{{"order_id": 5, "note": "{order_id}"}}'.encode()
    _, position, _ = put(target, order(before), malformed, order(after))

    for each in (before, after):
        ended(target, each, State.DELIVERED, State.DELIVERED)
    kept = parked(target)[position]
    assert malformed == b64decode(kept["payload"])
    assert "order_id: expected `str`, got `int`" == kept["detail"]


@pytest.mark.parametrize(
    ("contact", "channel", "reason"),
    [
        ({"phone": "+12065550199"}, "sms", "Phone carrier is currently unreachable/unavailable"),
        ({"email": "bounce@simulator.amazonses.com"}, "email", "Bounce/Permanent/General"),
    ],
)
def test_a_message_that_does_not_arrive_has_failed_and_says_why(
    target: Target, order_id: str, contact: dict[str, str], channel: str, reason: str
) -> None:
    put(target, order(order_id, contact=contact, channel=channel))

    [row] = ended(target, order_id, State.FAILED)

    assert reason == row.rule


def test_a_publication_that_was_lost_is_made_good_by_the_sweeper(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    """The relay died between the ledger and the hub: nobody else knows of these rows."""
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    policy = Policy(
        default_country="US", retention=timedelta(days=1), republish_after=timedelta(minutes=5)
    )
    event = parse_order_event(json.dumps(order(order_id)).encode(), default_currency="USD")
    target.ledger().enter(decide(event, policy=policy, now=long_ago))

    answer = boto3.client("lambda").invoke(FunctionName=target.outputs["SweeperFunctionName"])

    assert 2 <= json.load(answer["Payload"])["republished"]
    ended(target, order_id, State.DELIVERED, State.DELIVERED)
    assert 2 == len(told(cloud, order_id))


def test_cloudwatch_counts_what_the_ledger_says_was_accepted(target: Target, order_id: str) -> None:
    put(target, *(order(f"{order_id}-{n}") for n in range(5)))
    for n in range(5):
        ended(target, f"{order_id}-{n}", State.DELIVERED, State.DELIVERED)

    def cloudwatch_and_ledger_agree() -> bool:
        now = datetime.now(UTC)
        return entered(target) == accepted_count("local", since=now - HOURS, until=now)

    assert 10 <= entered(target)
    assert eventually(cloudwatch_and_ledger_agree, within=30)


def entered(target: Target) -> int:
    """Every notification of every test so far that was to be sent."""
    pages = boto3.client("dynamodb").get_paginator("scan")
    ledger = pages.paginate(TableName=target.outputs["LedgerTableName"])
    states = [item["state"]["S"] for page in ledger for item in page["Items"]]
    return sum(state != State.SUPPRESSED for state in states)


def parked(target: Target) -> dict[str, dict[str, Any]]:
    """What the bucket of parked records holds, by position."""
    s3, bucket = boto3.client("s3"), target.outputs["ParkedBucketName"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="parked/").get("Contents", [])
    bodies = [s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed]
    kept = [json.loads(line) for body in bodies for line in body.splitlines()]
    return {each["sequence_number"]: each for each in kept}
