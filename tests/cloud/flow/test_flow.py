"""Orders on the local cloud's stream become messages, or are suppressed or deferred by rule."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from msgspec.structs import replace

from local_cloud.cloud import LocalCloud
from ordercast.embedded_metric_format import NAMESPACE
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.gateways.cloudwatch import MetricSums
from ordercast.notifications.lifecycle import State
from ordercast.operations.target import Target
from ordercast.people.person import Person, QuietHours
from ordercast.sending.send_rules import QUIET_HOURS
from tests.cloud.orders import HOURS, ended, order, phone, promised, put, sent_messages, sweep_now
from tests.eventually import eventually

MINUTE = timedelta(minutes=1)


def test_one_order_becomes_one_text_and_one_email_and_both_are_delivered(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    put(target, order(order_id, amount={"value": "42.50", "currency": "USD"}))

    text, email = ended(target, order_id, State.DELIVERED, State.DELIVERED)

    messages = {m.channel: m for m in sent_messages(cloud, order_id)}
    assert {"sms", "email"} == set(messages)
    assert 2 == len(sent_messages(cloud, order_id))
    assert (phone(order_id), text.message_id) == (messages["sms"].to, messages["sms"].message_id)
    assert email.message_id == messages["email"].message_id
    assert email.id == messages["email"].tags["notification_id"]
    assert "$42.50" in messages["email"].html
    ses = boto3.client("sesv2")
    (name,) = ses.list_configuration_sets()["ConfigurationSets"]
    sent_by = ses.get_configuration_set(ConfigurationSetName=name)
    assert {"TlsPolicy": "REQUIRE"} == sent_by["DeliveryOptions"]


def test_old_news_is_not_sent(cloud: LocalCloud, target: Target, order_id: str) -> None:
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
    assert 2 + 2 == len(sent_messages(cloud, order_id))


def test_a_customer_who_opted_out_is_not_notified(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    """The shop's word, an explicit channel, does not count against the customer's own."""
    customer = Person(key=customer_key(shop=None, customer_id=order_id), customer_id=order_id)
    target.people().put([replace(customer, refusals={Channel.SMS: "opted-out"})])

    put(target, order(order_id, customer_id=order_id))

    text, _ = ended(target, order_id, State.SUPPRESSED, State.DELIVERED)
    assert "opted-out" == text.rule
    assert ["email"] == [message.channel for message in sent_messages(cloud, order_id)]


def test_a_message_in_quiet_hours_is_sent_afterwards(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    now = datetime.now(UTC)
    night = QuietHours(start=(now - HOURS).time(), end=(now + HOURS).time())
    customer = Person(key=customer_key(shop=None, customer_id=order_id), customer_id=order_id)
    target.people().put([replace(customer, quiet=night, time_zone="UTC")])

    put(target, order(order_id, customer_id=order_id))

    waiting = ended(target, order_id, State.DEFERRED, State.DEFERRED)
    assert {QUIET_HOURS} == {row.rule for row in waiting}
    assert [] == sent_messages(cloud, order_id)
    assert all(row.due_at and row.due_at > now for row in waiting)

    # They are asked again on release, so they must be over.
    target.people().put([replace(customer, quiet=None, time_zone="UTC")])
    sweep_now(target, order_id)
    ended(target, order_id, State.DELIVERED, State.DELIVERED)
    assert 2 == len(sent_messages(cloud, order_id))


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
    assert [] == sent_messages(cloud, snake)


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


def test_cloudwatch_counts_what_the_ledger_says_was_accepted(target: Target, order_id: str) -> None:
    put(target, *(order(f"{order_id}-{n}") for n in range(5)))
    for n in range(5):
        ended(target, f"{order_id}-{n}", State.DELIVERED, State.DELIVERED)

    def cloudwatch_and_ledger_agree() -> bool:
        now = datetime.now(UTC)
        sums = MetricSums(client=boto3.client("cloudwatch"), namespace=NAMESPACE, stage="local")
        sent_messages = sums.sums(["Accepted"], now - HOURS, now + MINUTE, period=MINUTE)
        return promised(target) == sent_messages["Accepted"]

    assert 10 <= promised(target)
    assert eventually(cloudwatch_and_ledger_agree, within=30)
