"""The whole flow on the local cloud: what is put on the stream, and what became of it."""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zlib import crc32

import boto3
import pytest

from analytics.metrics import NAMESPACE
from gateways.cloudwatch import MetricSums
from gateways.dynamodb import millis
from gateways.ledger_item import is_mark, is_notification, read_mark
from local.cloud import LocalCloud
from local.inbox import SentMessage, read_inbox
from notifications.claim import Answer, Asked
from notifications.identity import customer_key, order_hash_for
from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.order_event import Channel
from notifications.person import Person, QuietHours
from notifications.routing import QUIET_HOURS
from notifications.sweeping import LAPSED
from ordercast.target import Target, local_target
from tests.eventually import eventually
from tests.examples import drafts, mark

MINUTE = timedelta(minutes=1)
HOURS = timedelta(hours=3)  # longer than any run of the tests


@pytest.fixture
def target(cloud: LocalCloud) -> Target:
    return local_target(cloud)


@pytest.fixture
def order_id() -> str:
    """An order that no other test knows."""
    return f"flow-{uuid4().hex[:12]}"


def phone(order_id: str) -> str:
    """A number that few other orders have: there is a cap, and only so many are for fiction."""
    return f"+1206555{100 + crc32(order_id.encode()) % 90:04}"


def order(order_id: str, **changes: Any) -> dict[str, Any]:
    contact = {"email": f"{order_id}@example.com", "phone": phone(order_id)}
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
    assert (phone(order_id), text.message_id) == (messages["sms"].to, messages["sms"].message_id)
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


def test_an_event_whose_rows_have_long_expired_is_not_told_again(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    """A replay of last year's stream: the mark alone remembers, and it holds nothing personal."""
    event = order(order_id)
    put(target, event)
    ended(target, order_id, State.DELIVERED, State.DELIVERED)
    expire(target, order_id)
    assert [] == rows(target, order_id)

    after = f"{order_id}-after"
    put(target, event, order(after))
    ended(target, after, State.DELIVERED, State.DELIVERED)

    assert [] == rows(target, order_id)
    assert 2 == len(told(cloud, order_id)) - len(told(cloud, after))


def test_the_same_id_with_other_content_is_parked(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    event = order(order_id, event_id=order_id)
    put(target, event)
    ended(target, order_id, State.DELIVERED, State.DELIVERED)

    [position] = put(target, event | {"amount": 19.9})

    def the_other_one_is_parked() -> dict[str, Any] | None:
        return parked(target).get(position)

    kept = eventually(the_other_one_is_parked, within=30)
    assert kept is not None
    assert "conflicting-event" == kept["reason"]
    assert 2 == len(told(cloud, order_id))


def test_old_news_is_not_told(cloud: LocalCloud, target: Target, order_id: str) -> None:
    """Shops send their events late and out of order; nobody wants to hear it backwards."""
    put(
        target,
        order(order_id, status="shipped", occurred_at="2026-03-02T10:00:00Z"),
        order(order_id, status="confirmed", occurred_at="2026-03-02T09:00:00Z"),
        order(f"{order_id}-after"),
    )

    ended(target, f"{order_id}-after", State.DELIVERED, State.DELIVERED)
    shipped = ended(target, order_id, State.DELIVERED, State.DELIVERED)
    assert {"shipped"} == {row.status for row in shipped}
    assert 2 + 2 == len(told(cloud, order_id))


def test_a_customer_who_opted_out_is_not_told(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    """The shop's word, an explicit channel, does not count against the customer's own."""
    customer = Person(key=customer_key(shop=None, customer_id=order_id), customer_id=order_id)
    target.people().put([replace(customer, refusals={Channel.SMS: "opted-out"})])

    put(target, order(order_id, customer_id=order_id))

    text, _ = ended(target, order_id, State.SUPPRESSED, State.DELIVERED)
    assert "opted-out" == text.rule
    assert ["email"] == [message.channel for message in told(cloud, order_id)]


def test_who_is_not_to_be_disturbed_hears_of_it_afterwards(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    now = datetime.now(UTC)
    night = QuietHours(start=(now - HOURS).time(), end=(now + HOURS).time())
    customer = Person(key=customer_key(shop=None, customer_id=order_id), customer_id=order_id)
    target.people().put([replace(customer, quiet=night)])

    put(target, order(order_id, customer_id=order_id))

    waiting = ended(target, order_id, State.DEFERRED, State.DEFERRED)
    assert {QUIET_HOURS} == {row.rule for row in waiting}
    assert [] == told(cloud, order_id)
    assert all(row.due_at and row.due_at > now for row in waiting)

    sweep_now(target, order_id)
    ended(target, order_id, State.DELIVERED, State.DELIVERED)
    assert 2 == len(told(cloud, order_id))


def test_both_earlier_shapes_are_taken_as_they_are(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    camel, snake = f"{order_id}-a", f"{order_id}-b"
    put(
        target,
        {
            "orderId": camel,
            "customerEmail": "ada@example.com",
            "phoneNumber": phone(camel),
            "orderAmount": 19.9,
            "items": ["Teapot"],
            "channel": "both",
            "timestamp": "2026-03-02T09:30:00Z",
        },
        {"order_id": snake, "customer_id": "c-1", "status": "confirmed"},
    )

    ended(target, camel, State.DELIVERED, State.DELIVERED)
    [suppressed] = ended(target, snake, State.SUPPRESSED)
    assert "no-contact" == suppressed.rule
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
    ("contact", "channel", "state", "reason"),
    [
        (
            {"phone": "+12065550199"},
            "sms",
            State.FAILED_FOR_NOW,
            "Phone carrier is currently unreachable/unavailable",
        ),
        (
            {"email": "bounce@simulator.amazonses.com"},
            "email",
            State.BOUNCED,
            "Bounce/Permanent/General",
        ),
    ],
)
def test_a_message_that_does_not_arrive_has_failed_and_says_why(
    target: Target,
    order_id: str,
    contact: dict[str, str],
    channel: str,
    state: State,
    reason: str,
) -> None:
    put(target, order(order_id, contact=contact, channel=channel))

    [row] = ended(target, order_id, state)

    assert reason == row.rule


def test_a_publication_that_was_lost_is_made_good_by_the_sweeper(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    """The relay died between the ledger and the hub: nobody else knows of these rows."""
    enter(target, order_id)

    sweep_now(target, order_id)

    ended(target, order_id, State.DELIVERED, State.DELIVERED)
    assert 2 == len(told(cloud, order_id))


def test_a_claim_that_nobody_came_back_from_ends_in_doubt(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    """The sender died in the middle: its call may have been made, so nobody makes it again."""
    now = datetime.now(UTC)
    [text] = enter(target, order_id, channel="sms")
    claims = target.ledger().claim(
        [Asked(id=text.id)], owner="dead", lease_until=now - timedelta(seconds=1), now=now
    )
    assert Answer.MINE is claims[text.id].answer

    sweep_now(target, order_id)

    [doubtful] = ended(target, order_id, State.IN_DOUBT)
    assert (LAPSED, 1) == (doubtful.rule, doubtful.attempts)
    assert [] == told(cloud, order_id)


def test_what_an_operator_stops_waits_until_it_is_resumed(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    campaign = f"spring-{order_id}"
    target.ledger().stop([f"campaign:{campaign}"])
    after = f"{order_id}-after"
    put(target, order(order_id, campaign=campaign))
    ended(target, order_id, State.REQUESTED, State.REQUESTED)
    put(target, order(after))
    ended(target, after, State.DELIVERED, State.DELIVERED)
    assert {State.REQUESTED} == {row.state for row in rows(target, order_id)}
    assert len(told(cloud, order_id)) == len(told(cloud, after))

    target.ledger().resume([f"campaign:{campaign}"])
    sweep_now(target, order_id)

    ended(target, order_id, State.DELIVERED, State.DELIVERED)
    assert 2 == len(told(cloud, order_id)) - len(told(cloud, after))


def test_cloudwatch_counts_what_the_ledger_says_was_accepted(target: Target, order_id: str) -> None:
    put(target, *(order(f"{order_id}-{n}") for n in range(5)))
    for n in range(5):
        ended(target, f"{order_id}-{n}", State.DELIVERED, State.DELIVERED)

    def cloudwatch_and_ledger_agree() -> bool:
        now = datetime.now(UTC)
        sums = MetricSums(client=boto3.client("cloudwatch"), namespace=NAMESPACE, stage="local")
        told = sums.sums(["Accepted"], now - HOURS, now + MINUTE, period=MINUTE)
        return promised(target) == told["Accepted"]

    assert 10 <= promised(target)
    assert eventually(cloudwatch_and_ledger_agree, within=30)


def enter(target: Target, order_id: str, **changes: Any) -> list[Notification]:
    """Enter an order's rows as a relay does that dies before it publishes them."""
    contact = order(order_id)["contact"]
    about = {"order_id": order_id, "event_id": order_id, "contact": contact, "shop": None} | changes
    ledger, now = target.ledger(), datetime.now(UTC)
    ledger.mark([mark(now=now, **about)])
    return ledger.accept(drafts(now=now, **about), [])


def sweep_now(target: Target, order_id: str) -> None:
    """Let the order's rows be due, and the sweeper look at them."""
    ledger, now = target.ledger(), datetime.now(UTC)

    def every_row_is_due() -> bool:
        seen = rows(target, order_id)
        changes = [(row, replace(row, due_at=now)) for row in seen]
        return {row.id for row in seen} == ledger.change(changes)

    eventually(every_row_is_due)
    answer = boto3.client("lambda").invoke(FunctionName=target.outputs["SweeperFunctionName"])
    assert "FunctionError" not in answer, answer["Payload"].read()


def expire(target: Target, order_id: str) -> None:
    """Do what time does: the rows' retention has ended, and only mark and heads are left."""
    table, dynamodb = target.outputs["LedgerTableName"], boto3.client("dynamodb")
    for item in items(target):
        if item["pk"]["S"] != order_hash_for(shop=None, order_id=order_id):
            continue
        key = {"pk": item["pk"], "sk": item["sk"]}
        if is_notification(item):
            dynamodb.delete_item(TableName=table, Key=key)
        elif is_mark(item):
            dynamodb.update_item(
                TableName=table,
                Key=key,
                UpdateExpression="SET expires_at = :past",
                ExpressionAttributeValues={":past": millis(datetime.now(UTC) - HOURS)},
            )


def items(target: Target) -> Iterator[dict[str, Any]]:
    pages = boto3.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=target.outputs["LedgerTableName"]):
        yield from page["Items"]


def promised(target: Target) -> int:
    """Every notification of every test so far that was to be sent, as the marks have it."""
    marks = [read_mark(item) for item in items(target) if is_mark(item)]
    verdicts = [verdict for each in marks for verdict in each.verdicts.values()]
    return sum(verdict.state is not State.SUPPRESSED for verdict in verdicts)


def parked(target: Target) -> dict[str, dict[str, Any]]:
    """What the bucket of parked records holds, by position."""
    s3, bucket = boto3.client("s3"), target.outputs["ParkedBucketName"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="parked/").get("Contents", [])
    bodies = [s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed]
    kept = [json.loads(line) for body in bodies for line in body.splitlines()]
    return {each["sequence_number"]: each for each in kept}
