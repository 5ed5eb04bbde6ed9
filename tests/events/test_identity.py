import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from ordercast.events.identity import (
    HALF,
    address_key,
    customer_key,
    event_hash,
    is_notification_id,
    known_by,
    notification_id,
    order_hash,
    order_hash_for,
)
from ordercast.events.notes import Note
from ordercast.events.order_event import Channel, Money, OrderEvent, Priority
from ordercast.events.order_event_fields import ContactV1
from tests.examples import event, order_event
from tests.fakes.clock import START

NAMES = st.text(min_size=1, max_size=40)


def an_event(
    *,
    order_id: str = "o-1",
    shop: str | None = None,
    status: str = "confirmed",
    event_id: str | None = None,
    occurred_at: datetime | None = None,
    tracking_url: str | None = None,
) -> OrderEvent:
    return OrderEvent(
        order_id=order_id,
        shop=shop,
        status=status,
        written_status=status,
        event_id=event_id,
        customer_id=None,
        occurred_at=occurred_at,
        amount=None,
        items=(),
        contact=ContactV1(),
        channels=None,
        priority_wish=None,
        tracking_url=tracking_url,
        written_link=tracking_url,
        campaign=None,
    )


EVENTS = st.builds(
    an_event,
    order_id=NAMES,
    shop=st.none() | NAMES,
    status=st.sampled_from(["confirmed", "shipped", "delivered"]),
    event_id=st.none() | NAMES,
    occurred_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    tracking_url=st.none() | NAMES,
)


@given(EVENTS, st.sampled_from(Channel))
def test_an_id_fits_a_message_tag_and_leads_to_its_order(one: OrderEvent, channel: Channel) -> None:
    """SES takes [A-Za-z0-9_-], at most 256 of them, as the value of a tag."""
    identity = notification_id(one, channel)

    assert re.fullmatch(r"[A-Za-z0-9_-]{44}", identity)
    assert order_hash(one) == identity[:HALF]
    assert is_notification_id(identity)


@given(EVENTS)
def test_the_channels_of_one_event_have_ids_of_their_own(one: OrderEvent) -> None:
    assert len(Channel) == len({notification_id(one, channel) for channel in Channel})


def _identity(one: OrderEvent) -> tuple[object, ...]:
    """Restate the identity rule of the contract."""
    if one.event_id is not None:
        return ("id", one.shop, one.event_id)
    return ("story", one.shop, one.order_id, one.status, one.occurred_at, one.tracking_url)


@given(EVENTS, EVENTS)
def test_events_are_the_same_exactly_when_the_contract_says_so(
    one: OrderEvent, other: OrderEvent
) -> None:
    assert (_identity(one) == _identity(other)) == (event_hash(one) == event_hash(other))


@given(NAMES, NAMES)
def test_where_the_shop_ends_and_the_order_begins_makes_a_difference(
    shop: str, order_id: str
) -> None:
    assume(len(order_id) > 1)
    moved = order_hash_for(shop=shop + order_id[0], order_id=order_id[1:])

    assert order_hash_for(shop=shop, order_id=order_id) != moved


def test_one_id_in_two_shops_is_two_events() -> None:
    assert event_hash(order_event(shop="a")) != event_hash(order_event(shop="b"))
    assert event_hash(order_event(shop=None)) != event_hash(order_event(shop="None"))


def test_an_id_and_a_story_never_meet() -> None:
    assert event_hash(order_event(event_id="o-1")) != event_hash(order_event(event_id=None))


def test_the_same_instant_in_another_zone_is_the_same_event() -> None:
    here = order_event(event_id=None, occurred_at="2026-03-02T10:29:58.000+01:00")
    there = order_event(event_id=None, occurred_at="2026-03-02T09:29:58Z")

    assert event_hash(here) == event_hash(there)


def test_upper_case_in_a_status_makes_no_second_event() -> None:
    loud = order_event(event_id=None, status="CONFIRMED")

    assert event_hash(order_event(event_id=None, status=None)) == event_hash(loud)


def test_what_the_customer_reads_is_no_part_of_an_event_s_identity() -> None:
    """A producer's retry may format an amount or an item differently."""
    again = order_event(amount=42.5, items=None, contact={"email": "bob@example.com"})

    assert event_hash(order_event()) == event_hash(again)


def test_both_earlier_shapes_and_ours_agree_on_the_event() -> None:
    ours = order_event(**dict.fromkeys(event(), None) | {"order_id": "o-1", "customer_id": "c-1"})
    camel = an_event(order_id="o-1")

    assert event_hash(ours) == event_hash(camel)


def test_an_order_id_of_a_year_does_not_share_a_prefix_truncated_id() -> None:
    """`order_id[:8]` once gave every order of 2026 the same link."""
    orders = {order_hash_for(shop=None, order_id=f"2026-{n:05}") for n in range(5000)}

    assert len(orders) == 5000
    assert len({order[:12] for order in orders}) == 5000


def test_what_is_not_ours_is_recognised_as_such() -> None:
    ours = notification_id(order_event(), Channel.SMS)

    foreign = ["", "x", ours[:-1], ours + "A", ours[:-1] + "\n", ours + "\n", ours[:-1] + "é"]
    assert not any(is_notification_id(text) for text in foreign)


def test_people_have_keys_that_reveal_nothing_of_them() -> None:
    keys = [address_key("ada@example.com"), customer_key(shop=None, customer_id="ada")]

    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", key) for key in keys)
    assert not [key for key in keys if "ada" in key]


def test_a_customer_is_a_shop_s_own_and_never_an_address() -> None:
    key = customer_key(shop="a", customer_id="ada@example.com")

    assert key == customer_key(shop="a", customer_id="ada@example.com")
    assert key != customer_key(shop="b", customer_id="ada@example.com")
    assert key != customer_key(shop=None, customer_id="ada@example.com")
    assert key != address_key("ada@example.com")


def test_an_address_is_the_same_in_capitals() -> None:
    assert address_key("Ada@Example.com") == address_key("ada@example.com")


@pytest.mark.parametrize("event_id", ["evt-1", None])
def test_an_event_is_known_by_the_fields_that_are_named_and_by_no_other(event_id) -> None:
    one = an_event(event_id=event_id)
    others = {
        "shop": "Example Tea",
        "order_id": "o-2",
        "status": "shipped",
        "written_status": "fulfilled",
        "event_id": "evt-2",
        "occurred_at": START,
        "tracking_url": "https://example.com/t",
        "written_link": "https://example.com/t",
        "notes": (Note("amount", "left out"),),
        "customer_id": "c-2",
        "amount": Money(value=Decimal(1), currency="USD"),
        "items": ("Teapot",),
        "contact": ContactV1(email="ada@example.com"),
        "channels": (Channel.SMS,),
        "priority_wish": Priority.HIGH,
        "fallback_wish": "email",
        "campaign": "spring",
    }
    assert others.keys() == {*OrderEvent.__struct_fields__}

    trace = {
        name
        for name, value in others.items()
        if not (name == "event_id" and event_id is None)
        and place_of(replace(one, **{name: value})) != place_of(one)
    }

    # What a status means to this stage, and whether a link can be shown, are no part of it.
    as_written = {"status": "written_status", "tracking_url": "written_link"}
    assert trace == {as_written.get(each, each) for each in known_by(one)}


def place_of(one: OrderEvent) -> tuple[str, str]:
    """Return the key of its decision."""
    return order_hash(one), event_hash(one)
