"""Rows stay within their write units: DynamoDB bills each started 1,024 bytes of an item."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.decisions.decision import KEPT, Decision, Verdict
from ordercast.events.notes import Note
from ordercast.events.order_event import Channel, Money
from ordercast.gateways.ledger import items as ledger_item
from ordercast.gateways.people import items as people_item
from ordercast.notifications.fallback import Fallback
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.notifications.notification import Notification, OrderDetails, OrderItem
from ordercast.notifications.route_reason import RouteReason
from ordercast.notifications.status_rank import LatestStatus, status_rank
from tests.examples import notification
from tests.fakes.clock import START
from tests.gateways.dynamodb.item_sizes import size
from tests.promises.people import ADA

WRITE_UNIT = 1024
POSITION = "49590338271490256608559692538361571095921575989136588898.127"
ORDER = notification(1).id[:22]


REASON = {
    Channel.SMS: "Phone carrier is currently unreachable/unavailable",
    Channel.EMAIL: "Bounce/Transient/CustomTimeoutExceeded",
}


RECIPIENT = {Channel.SMS: "+12065550100", Channel.EMAIL: "ada.augusta.lovelace@mail.example.com"}


def ended(channel: Channel) -> Notification:
    """Return a notification with everything in it that a usual one has when it has ended."""
    return replace(
        notification(1, channel, due_at=None),
        order=OrderDetails(
            order_id="order-2026-000123456",
            shop="Example Tea & Coffee",
            amount=Money(value=Decimal("1042.50"), currency="USD"),
            items=(
                OrderItem(name="Teapot, cast iron, 0.8 l"),
                OrderItem(name="Cup, double-walled", quantity=4),
                OrderItem(name="Earl Grey, 250 g"),
            ),
            day=date(2026, 3, 2),
            tracking_url="https://track.example.com/parcels/JD0002256219112345678?lang=en",
        ),
        customer_id="customer-000123456",
        campaign="spring-2026-returning",
        consent="record",
        recipient=RECIPIENT[channel],
        state=State.FAILED,
        rule=REASON[channel],
        sweeps=4,
        version=9,
        attempts=3,
        resends=1,
        locale="en-US",
        template_version="en-0123456789",
        parts=2 if channel is Channel.SMS else None,
        estimate=Decimal("0.00860"),
        reserved=Decimal("0.01290"),
        owner="0123456789abcdefghijkl",
        country="US",
        fallback=Fallback(id=ORDER + "f" * 22) if channel is Channel.SMS else None,
        messages={
            "0100018d8b1f2c3a-01234567-89ab-cdef-0123-456789abcdef-000000": Message(
                state=State.FAILED_FOR_NOW,
                at=START,
                reason=REASON[channel],
                price=Decimal("0.01290"),
            )
        },
        cost=Decimal("0.01290"),
        cost_source=CostSource.CARRIER,
        sent_at=START,
        delivered_at=START,
        closed_at=START,
    )


@pytest.mark.parametrize("channel", Channel)
def test_a_usual_notification_is_one_write_unit_even_at_its_end(channel: Channel) -> None:
    assert WRITE_UNIT >= size(ledger_item.write(ended(channel)))


def test_a_text_on_another_route_than_the_first_is_one_write_unit_too() -> None:
    """It has a number, where the usual row above has an address, and a shorter message id."""
    row = ended(Channel.SMS)
    (message,) = row.messages.values()
    text = replace(
        row,
        recipient="+12065550100",
        resends=0,
        messages={"862a8790-60c0-4430-9b2b-658bd0123456": message},
        route="sms-voice/ap-southeast-2/default",
        route_reason=RouteReason.COUNTRY,
    )
    assert WRITE_UNIT >= size(ledger_item.write(text))
    for route in (text.route, "sms-voice/us-east-1/pool-0123", "sms-voice/us-east-1/a/default"):
        row = replace(text, route=route)
        assert row == ledger_item.read(ledger_item.write(row))


@pytest.mark.parametrize("reason", RouteReason)
def test_why_a_route_was_chosen_takes_four_bytes(reason: RouteReason) -> None:
    row = ended(Channel.SMS)
    item = ledger_item.write(replace(row, route_reason=reason))

    assert size(item) == size(ledger_item.write(row)) + 4
    assert reason is ledger_item.read(item).route_reason


@pytest.mark.parametrize("channel", Channel)
def test_a_notification_is_read_as_it_was_written(channel: Channel) -> None:
    row = ended(channel)

    assert row == ledger_item.read(ledger_item.write(row))


def test_the_links_of_a_fallback_are_read_as_they_were_written() -> None:
    whole = Fallback(
        id=ORDER + "f" * 22, to="a@example.com", rule="r", consent="event", entered_at=START
    )
    row = replace(ended(Channel.SMS), fallback=whole, fallback_for=ORDER + "g" * 22)

    assert row == ledger_item.read(ledger_item.write(row))


def test_the_links_of_a_resend_are_read_as_they_were_written() -> None:
    first = replace(ended(Channel.SMS), last_resend=2)
    again = replace(ended(Channel.SMS), resend_of=ORDER + "h" * 22)

    for row in (first, again):
        assert row == ledger_item.read(ledger_item.write(row))


def test_a_price_of_nothing_is_a_price() -> None:
    free = Message(state=State.FAILED, price=Decimal(0))
    row = replace(notification(), messages={"m-1": free}, cost=Decimal(0))
    read = ledger_item.read(ledger_item.write(row))

    assert (Decimal(0), Decimal(0)) == (read.cost, read.messages["m-1"].price)


def test_a_decision_is_one_write_unit_and_names_nobody() -> None:
    verdict = Verdict(state=State.DEFERRED, rule="quiet-hours", until=START)
    decision = Decision(
        order=ORDER,
        event=ORDER,
        verdicts=dict.fromkeys(Channel, verdict),
        fingerprint="0" * 32,
        position=POSITION,
        accepted_at=START,
        expires_at=START + timedelta(days=90),
    )
    item = ledger_item.write_decision(decision)
    noted = replace(decision, notes=(Note("contact.time_zone", "left out: found a number"),) * 10)

    assert WRITE_UNIT / 2 > size(item)
    assert WRITE_UNIT > size(ledger_item.write_decision(noted))
    assert {
        "pk",
        "sk",
        "verdicts",
        "fingerprint",
        "position",
        "accepted_at",
        "expires_at",
        "ttl",
    } == item.keys()


def test_a_latest_status_is_one_write_unit_and_outlives_its_rows() -> None:
    latest_status = LatestStatus(
        order=ORDER,
        channel=Channel.EMAIL,
        status_rank=status_rank("delivered", START) or 0,
        kept_until=START + KEPT,
    )
    item = ledger_item.write_latest_status(latest_status)

    assert WRITE_UNIT > size(item)
    assert {"N": str(int((START + KEPT).timestamp()))} == item["ttl"]


@pytest.mark.parametrize("retention", [timedelta(days=90), timedelta(days=10_000)])
def test_a_decision_has_an_end_years_away_and_never_before_its_rows(retention: timedelta) -> None:
    """Without one, decisions would be stored and paid for without a limit."""
    decision = Decision(
        order=ORDER,
        event=ORDER,
        verdicts={},
        fingerprint="0" * 32,
        position=POSITION,
        accepted_at=START,
        expires_at=START + retention,
    )
    until = START + max(retention, timedelta(days=3 * 366))
    ttl = ledger_item.write_decision(decision)["ttl"]
    assert {"N": str(int(until.timestamp()))} == ttl
    assert decision == ledger_item.read_decision(ledger_item.write_decision(decision))


@pytest.mark.parametrize("cap", [0, 10])
def test_a_person_with_reservations_is_one_write_unit(cap: int) -> None:
    reservations = {notification(n).id: START for n in range(cap)}
    person = replace(ADA, key=ORDER, reservations=reservations, reservations_version=1234)

    assert WRITE_UNIT >= size(
        people_item.key(person.key) | people_item.record(person) | people_item.reservations(person)
    )
