"""What producers really write reaches the right customer with the right news, or says why not."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ordercast.events.order_event import Channel, Priority
from ordercast.events.statuses import STATUSES
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from tests.examples import EMAIL, PHONE
from tests.fakes.world import World

TO_ADA = {"order_id": "o-1", "channel": "email", "contact": {"email": EMAIL}}


def relay(world: World, *documents: dict[str, Any]) -> list[Notification]:
    world.relay(*(json.dumps(each).encode() for each in documents))
    return list(world.rows())


def requested(world: World, *documents: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Return what is to be sent: status, channel and recipient of each."""
    return [
        (row.status, row.channel, row.recipient)
        for row in relay(world, *documents)
        if row.state is State.REQUESTED
    ]


def test_fields_of_one_shape_inside_the_other_tell_the_true_news(world: World) -> None:
    """Once a cancellation in camelCase was told as confirmed, and the true one was stale."""
    camel = {"orderId": "o-1", "customerEmail": EMAIL, "channel": "email"}
    rows = relay(
        world,
        camel | {"status": "confirmed", "timestamp": "2026-03-02T10:00:00Z"},
        camel | {"status": "cancelled", "timestamp": "2026-03-02T12:00:00Z", "shop": None},
    )

    assert {("confirmed", "confirmed"), ("cancelled", "cancelled")} == {
        (row.status, row.template) for row in rows
    }
    assert {State.REQUESTED} == {row.state for row in rows}


SPELLINGS = {
    "camelCase": {
        "orderId": "o-1",
        "customerId": "c-1",
        "eventId": "e-1",
        "trackingUrl": "https://a.example",
    },
    "PascalCase": {
        "OrderId": "o-1",
        "CustomerId": "c-1",
        "EventId": "e-1",
        "TrackingUrl": "https://a.example",
    },
    "kebab-case": {
        "order-id": "o-1",
        "customer-id": "c-1",
        "event-id": "e-1",
        "tracking-url": "https://a.example",
    },
    "UPPER_CASE": {
        "ORDER_ID": "o-1",
        "CUSTOMER_ID": "c-1",
        "EVENT_ID": "e-1",
        "TRACKING_URL": "https://a.example",
    },
    "snake in camel": {
        "orderId": "o-1",
        "customer_id": "c-1",
        "event_id": "e-1",
        "tracking_url": "https://a.example",
    },
}


@pytest.mark.parametrize("event", SPELLINGS.values(), ids=SPELLINGS)
def test_a_field_in_any_spelling_is_the_same_event(world: World, event: dict[str, Any]) -> None:
    plain = SPELLINGS["snake in camel"] | {"order_id": "o-1"}
    del plain["orderId"]
    both = {"Channel": "email", "Contact": {"emailAddress": EMAIL}}
    relayed = [
        world.relay(json.dumps(each | both).encode(), at=at)
        for at, each in ((101, event), (201, plain))
    ]

    assert [(1, 0, 0), (0, 1, 0)] == [(r.accepted, r.repeated, r.parked) for r in relayed]
    (row,) = world.rows()
    assert ("c-1", "https://a.example", EMAIL) == (
        row.customer_id,
        row.order.tracking_url,
        row.recipient,
    )


ADDRESSED = {"email": "ada@example.com", "phone": "+12065550100", "locale": "sv-SE"}
RETRIES = {
    "a counter of attempts": {"attempt": 2},
    "a field that is null": {"campaign": None},
    "an empty text": {"campaign": ""},
    "a number with its point": {"amount": 42.0},
    "a number in a text": {"amount": "42"},
    "capitals": {"status": "SHIPPED"},
    "another zone": {"occurred_at": "2026-03-02T10:00:00+01:00"},
    "nanoseconds": {"occurred_at": "2026-03-02T09:00:00.000000000Z"},
    "another serialiser": {"occurred_at": "/Date(1772442000000)/"},
    "another name": {"order_id": None, "orderId": "o-1"},
    "a number for an id": {"customer_id": 42},
    "a list of one channel": {"channel": ["email"]},
    "an item as an object": {"items": [{"name": "Teapot"}]},
    "another schema's word": {"schema_version": 1},
    "the domain in capitals": {"contact": ADDRESSED | {"email": "ada@EXAMPLE.com"}},
    "a zero-width space": {"contact": ADDRESSED | {"email": "\u200bada@example.com "}},
    "a number with spaces": {"contact": ADDRESSED | {"phone": "+1 (206) 555-0100"}},
    "a locale with an underscore": {"contact": ADDRESSED | {"locale": "sv_SE"}},
}


@pytest.mark.parametrize("change", RETRIES.values(), ids=RETRIES)
def test_a_retry_that_says_the_same_otherwise_is_a_repetition(
    world: World, change: dict[str, Any]
) -> None:
    first = TO_ADA | {
        "event_id": "e-1",
        "status": "shipped",
        "occurred_at": "2026-03-02T09:00:00Z",
        "amount": 42,
        "customer_id": "42",
        "items": ["Teapot"],
        "contact": ADDRESSED,
    }
    world.relay(json.dumps(first).encode())
    again = world.relay(json.dumps(first | change).encode(), at=201)

    assert (0, 1, 0) == (again.accepted, again.repeated, again.parked)
    assert {} == world.parked.reasons


def test_a_retry_that_says_something_else_is_still_parked(world: World) -> None:
    first = TO_ADA | {"event_id": "e-1", "status": "shipped"}
    world.relay(json.dumps(first).encode())
    world.relay(json.dumps(first | {"status": "cancelled"}).encode(), at=201)

    assert {"201": "conflicting-event"} == world.parked.reasons


def test_an_empty_text_in_any_optional_field_costs_nothing(world: World) -> None:
    empty = {"shop": "", "tracking_url": "", "campaign": "", "priority": "", "event_id": ""}
    contact = {"email": EMAIL, "phone": "", "country": "", "locale": "", "time_zone": ""}
    items = [{"name": "Teapot", "sku": "", "quantity": 1}]
    event = TO_ADA | empty | {"status": "shipped", "contact": contact, "items": items}

    assert [("shipped", "email", EMAIL)] == requested(world, event)
    (decision,) = world.ledger.decisions.values()
    assert () == decision.notes


STATUS_WORDS = {
    "canceled": "cancelled",
    "refund": "refunded",
    "Refund Issued": "refunded",
    "fulfilled": "shipped",
    "wc-completed": "shipped",
    "dispatched": "shipped",
    "OUT FOR DELIVERY": "out_for_delivery",
    "ready_for_collection": "ready_for_pickup",
    "partially-refunded": "partially_refunded",
    "PaymentFailed": "payment_failed",
    "order.placed": "confirmed",
    "shipment delayed": "delayed",
}


@pytest.mark.parametrize(("written", "meant"), STATUS_WORDS.items())
def test_a_common_shop_s_word_for_a_status_is_told_as_that(
    world: World, written: str, meant: str
) -> None:
    """`canceled` was once told as "there is news", and in the morning."""
    (row,) = relay(world, TO_ADA | {"status": written})

    assert meant == row.status
    assert (row.priority is Priority.HIGH) == STATUSES[meant].urgent


def test_a_word_of_the_shop_s_own_makes_older_news_stale(world: World) -> None:
    at = {"occurred_at": "2026-03-02T09:00:00Z"}
    rows = relay(world, TO_ADA | {"status": "Delivered"}, TO_ADA | {"status": "fulfilled"} | at)

    assert ["delivered"] == [row.status for row in rows]


@pytest.mark.parametrize(
    "name", ["order_status", "orderStatus", "OrderStatus", "order-state", "orderState", "newStatus"]
)
def test_a_status_under_another_name_is_the_news(world: World, name: str) -> None:
    """Each of these was once told as confirmed, in silence."""
    rows = relay(world, TO_ADA | {"type": "OrderStateChanged", name: "Cancelled"})

    assert [("cancelled", State.REQUESTED)] == [(row.status, row.state) for row in rows]


def test_two_names_of_the_status_may_differ_in_case_only(world: World) -> None:
    once = {"status": "shipped", "orderStatus": "Shipped"}
    rows = relay(
        world, TO_ADA | once, TO_ADA | once | {"order_id": "o-2", "newStatus": "delivered"}
    )

    assert [("o-1", "shipped")] == [(row.order.order_id, row.status) for row in rows]
    (detail,) = world.parked.details.values()
    assert detail.startswith("status, orderStatus, newStatus: found different values")


MAY_SAY_A_STATUS = {
    "state": "cancelled",
    "statusCode": 40,
    "fulfillment_status": "fulfilled",
    "payment_state": {"name": "Failed"},
    "cancelledAt": "2026-03-02T09:29:58Z",
    "type": "OrderStateChanged",
    "eventType": "order.refund.created",
    "event": "order_cancelled",
    "topic": "orders/cancelled",
    "action": "ship",
    "kind": "\u53d6\u6d88",
    "detail-type": "Order Cancelled",
}


@pytest.mark.parametrize("name", MAY_SAY_A_STATUS)
def test_what_may_be_a_status_is_never_told_as_confirmed(world: World, name: str) -> None:
    may_be = {name: MAY_SAY_A_STATUS[name]}
    rows = relay(world, TO_ADA | may_be, TO_ADA | may_be | {"order_id": "o-2", "status": "shipped"})

    assert [("o-2", "shipped")] == [(row.order.order_id, row.status) for row in rows]
    (detail,) = world.parked.details.values()
    assert detail.startswith(f"{name}: found what may be a status, and no status; taken is ")


@pytest.mark.parametrize(
    "envelope",
    [
        {"specversion": "1.0", "id": "1", "source": "/shop", "type": "com.example.OrderCancelled"},
        {"source": "shop", "detail-type": "Order State Changed"},
    ],
)
def test_an_envelope_s_type_is_not_told_as_confirmed(
    world: World, envelope: dict[str, Any]
) -> None:
    """The type may say the status; the event inside must."""

    def around(event: dict[str, Any]) -> dict[str, Any]:
        return envelope | {"data" if "type" in envelope else "detail": event}

    shipped = TO_ADA | {"order_id": "o-2", "orderStatus": "shipped"}
    rows = relay(world, around(TO_ADA), around(shipped))

    assert [("o-2", "shipped")] == [(row.order.order_id, row.status) for row in rows]
    (detail,) = world.parked.details.values()
    assert "type: found what may be a status, and no status" in detail


@pytest.mark.parametrize(
    "says_nothing",
    [
        *({"type": each} for each in ("order", "OrderEvent", "com.example.order.created", "")),
        *({"state": None}, {"cancelled": False}, {"topic": "orders/create"}, {"event": {"n": 1}}),
        *({}, {"event_name": "order.placed"}, {"action": "ORDER_CONFIRMED"}),
    ],
)
def test_an_event_that_says_no_more_than_its_order_is_confirmed(
    world: World, says_nothing: dict[str, Any]
) -> None:
    assert [("confirmed", "email", EMAIL)] == requested(world, TO_ADA | says_nothing)


BESIDE = ["country", "countryCode", "country_code", "customer_country"]


@pytest.mark.parametrize("name", BESIDE)
def test_a_number_beside_the_order_is_of_the_country_beside_it(world: World, name: str) -> None:
    """Once it was a stranger's in the stage's country."""
    flat = {"order_id": "o-1", "status": "shipped", "channel": "sms", "phone": "070-174 06 05"}

    assert [("shipped", "sms", "+46701740605")] == requested(world, flat | {name: "SE"})


def test_a_number_beside_a_country_that_is_none_is_used_for_nobody(world: World) -> None:
    flat = {"order_id": "o-1", "channel": "sms", "phone": "206 555 0100", "countryCode": "XX"}

    assert [] == requested(world, flat)
    (decision,) = world.ledger.decisions.values()
    assert ["countryCode", "phone"] == [each.field for each in decision.notes]


def test_the_contact_s_country_wins_over_one_beside_it(world: World) -> None:
    contact = {"phone": "070-174 06 05", "country": "SE"}
    event = {"order_id": "o-1", "channel": "sms", "contact": contact, "country": "US"}

    assert [("confirmed", "sms", "+46701740605")] == requested(world, event)
    (decision,) = world.ledger.decisions.values()
    assert ["country: not read: contact.country says it"] == [str(each) for each in decision.notes]


TWO_ADDRESSES = {
    "two numbers": ({"phone": PHONE, "phoneNumber": "+12065550101"}, "email", "phone, phoneNumber"),
    "two mailboxes": (
        {"email": "eve@example.com", "customerEmail": EMAIL},
        "sms",
        "customerEmail, email",
    ),
    "two in the contact": (
        {"contact": {"email": EMAIL, "phone": PHONE, "phone_number": "+12065550101"}},
        "email",
        "contact.phone, contact.phone_number",
    ),
}


@pytest.mark.parametrize(("written", "other", "named"), TWO_ADDRESSES.values(), ids=TWO_ADDRESSES)
def test_two_addresses_at_one_level_spoil_their_channel_alone(
    world: World, written: dict[str, Any], other: str, named: str
) -> None:
    both = {"order_id": "o-1", "channel": "both", "customerEmail": EMAIL, "customerPhone": PHONE}
    if "contact" in written:
        both = {"order_id": "o-1", "channel": "both"}
    elif "phone" in written:
        del both["customerPhone"]
    rows = requested(world, both | written)

    assert [other] == [channel for _, channel, _ in rows]
    (note,) = next(iter(world.ledger.decisions.values())).notes
    assert note.field.startswith(named)
    assert note.what.startswith("left out: found different values")


def test_one_address_written_twice_in_two_ways_is_one(world: World) -> None:
    event = {
        "order_id": "o-1",
        "channel": "both",
        "contact": {"phone": "+1 206 555 0100", "email": "ada@EXAMPLE.com"},
        "phoneNumber": "+12065550100",
        "customerEmail": "ada@example.com",
    }

    assert {("confirmed", "sms", PHONE), ("confirmed", "email", "ada@example.com")} == {
        *requested(world, event)
    }
    (decision,) = world.ledger.decisions.values()
    assert () == decision.notes


COUNTRIES = {
    "UK": ("07400 123456", "+447400123456"),
    "gb": ("07400 123456", "+447400123456"),
    "GBR": ("07400 123456", "+447400123456"),
    "United Kingdom": ("07400 123456", "+447400123456"),
    "Sverige": ("070-174 06 05", "+46701740605"),
}


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_country_that_has_one_reading_is_read(world: World, country: str) -> None:
    written, number = COUNTRIES[country]
    contact = {"phone": written, "email": EMAIL, "country": country}
    rows = relay(world, TO_ADA | {"channel": "both", "contact": contact})

    assert {(Channel.SMS, number), (Channel.EMAIL, EMAIL)} == {
        (row.channel, row.recipient) for row in rows
    }


def test_a_country_that_is_none_spoils_nothing_but_a_number_that_needs_it(world: World) -> None:
    contact = {"phone": "206 555 0100", "email": EMAIL, "country": "Atlantis"}
    both = TO_ADA | {"channel": "both", "contact": contact}
    rows = relay(world, both, both | {"order_id": "o-2", "contact": contact | {"phone": PHONE}})

    assert {
        ("o-1", "sms", None, "no-contact"),
        ("o-1", "email", EMAIL, None),
        ("o-2", "sms", PHONE, None),
        ("o-2", "email", EMAIL, None),
    } == {(row.order.order_id, row.channel, row.recipient, row.rule) for row in rows}


SHOWN = {
    "a link with a space": {"tracking_url": "https://shop.example.com/a b"},
    "a link without a scheme": {"tracking_url": "shop.example.com/t/1"},
    "an amount in words": {"amount": "forty-two"},
    "an amount with two readings": {"amount": "1,234"},
    "cents, or not": {"amount": 4250, "currency": "usd"},
    "an amount without a currency that is one": {"amount": {"value": "1", "currency": "kr"}},
    "an item without a name": {"items": [{"quantity": 2}]},
    "cents of Adyen, or not": {"amount": {"value": 4250, "currency": "EUR"}},
    "a shipper's clock": {"timestamp": 1772443798},
    "the shop's own address": {"email": "shop@example.com"},
    "half a piece": {"items": [{"name": "Cheese", "quantity": 0.5}]},
    "items that are none": {"items": 3},
    "a priority of another system": {"priority": 5},
    "a locale that is none": {"contact": {"email": EMAIL, "locale": 7}},
    "a zone that is none": {"contact": {"email": EMAIL, "time_zone": -5}},
    "a campaign as an object": {"campaign": {"id": 5}},
    "a phone as a fraction": {"contact": {"email": EMAIL, "phone": 2065550100.5}},
    "two links": {"tracking_url": "https://a.example", "trackingUrl": "https://b.example"},
}


@pytest.mark.parametrize("change", SHOWN.values(), ids=SHOWN)
def test_what_is_only_shown_or_helps_never_costs_the_message(
    world: World, change: dict[str, Any]
) -> None:
    assert [("shipped", "email", EMAIL)] == requested(
        world, TO_ADA | {"status": "shipped"} | change
    )
    (decision,) = world.ledger.decisions.values()
    assert 1 == len(decision.notes)
    world.send_published()
    assert 1 == len(world.provider.calls)


IDENTIFIES = {
    "an id as a fraction": {"order_id": 1000017.5},
    "two orders": {"orderId": "o-2"},
    "two customers": {"customer_id": "c-1", "customerId": "c-2"},
    "two statuses": {"status": "shipped", "Status": "cancelled"},
    "a status as a number": {"status": 5},
    "a time without its zone": {"occurred_at": "2026-03-02T09:29:58"},
    "epoch seconds": {"occurred_at": 1772443798},
    "epoch milliseconds in a text": {"occurred_at": "1772443798000"},
    "a version of the past": {"schema_version": 0},
    "a version of the future": {"schema_version": 2},
    "a shop as an object": {"shop": {"id": 1}},
}


@pytest.mark.parametrize("change", IDENTIFIES.values(), ids=IDENTIFIES)
def test_what_identifies_an_event_is_refused_in_words_and_without_a_value(
    world: World, change: dict[str, Any]
) -> None:
    relay(world, TO_ADA | change)

    (detail,) = world.parked.details.values()
    assert [] == list(world.rows())
    assert "; taken is " in detail
    assert not [each for each in ("1772443798", "1000017.5", "c-2", EMAIL) if each in detail]
    assert not [each for each in ("`str`", "regex", "int`", "datetime", "[A-Z") if each in detail]


def test_a_guest_of_woocommerce_is_nobody_s_record(world: World) -> None:
    """All guests are customer 0: one guest's opt-out and cap would be everybody's."""
    rows = relay(world, *(TO_ADA | {"order_id": f"o-{n}", "customer_id": 0} for n in range(3)))

    assert {None} == {row.customer_id for row in rows}


def test_an_order_s_id_as_a_number_is_the_same_order(world: World) -> None:
    rows = relay(
        world,
        TO_ADA | {"order_id": 1000017, "status": "confirmed"},
        TO_ADA | {"order_id": "1000017", "status": "shipped"},
    )

    assert 1 == len({row.id[:22] for row in rows})


def test_notes_are_stored_with_the_decision_and_name_no_value(world: World) -> None:
    relay(world, TO_ADA | {"amount": "a lot", "tracking_url": "javascript:alert(1)"})

    (decision,) = world.ledger.decisions.values()
    assert [
        "amount: left out: found a text of 5 characters that is no amount",
        "tracking_url: left out: found a text of 19 characters",
    ] == [str(each) for each in decision.notes]


def test_a_changed_table_of_words_decides_about_no_event_again(world: World) -> None:
    event = json.dumps(TO_ADA | {"status": "processing"}).encode()
    world.relay(event)
    world.policy = replace(world.policy, synonyms={"processing": "shipped"})
    again = world.relay(event, at=201)

    assert (0, 1, 0) == (again.accepted, again.repeated, again.parked)
    assert [] == list(world.parked.reasons)


@pytest.mark.parametrize("country", ["JP", "US", None])
@pytest.mark.parametrize("never", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000+00:00"])
def test_the_time_that_go_and_dotnet_write_for_none_is_none(
    world: World, never: str, country: str | None
) -> None:
    contact = {"email": EMAIL, "country": country}
    [row] = relay(world, TO_ADA | {"occurred_at": never, "contact": contact})

    assert (State.REQUESTED, None, None) == (row.state, row.occurred_at, row.order.day)
    [decision] = world.ledger.decisions.values()
    assert ["occurred_at"] == [each.field for each in decision.notes]


@pytest.mark.parametrize("country", ["JP", "US"])
def test_a_time_at_the_end_of_the_calendar_parks_nothing_as_a_bug(
    world: World, country: str
) -> None:
    contact = {"email": EMAIL, "country": country}
    [row] = relay(world, TO_ADA | {"occurred_at": "9999-12-31T23:59:59Z", "contact": contact})

    assert State.REQUESTED is row.state


def test_cents_of_unknown_size_are_not_shown(world: World) -> None:
    """Of yen there are none: 4250 would be told as 43."""
    amount = {"centAmount": 4250, "currencyCode": "JPY"}
    [row] = relay(world, TO_ADA | {"amount": amount})

    assert (State.REQUESTED, None) == (row.state, row.order.amount)
