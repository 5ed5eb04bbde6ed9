"""What a producer writes in another spelling is the same order event."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from tests.examples import EMAIL
from tests.fakes.world import World
from tests.workflows.relay.order_events import TO_ADA, relay, requested


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
    "ids of a fixed width": {"order_id": "o-1   ", "event_id": " e-1", "customer_id": "42\t"},
    "a shop of blanks": {"shop": "  "},
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


def test_an_order_s_id_as_a_number_is_the_same_order(world: World) -> None:
    rows = relay(
        world,
        TO_ADA | {"order_id": 1000017, "status": "confirmed"},
        TO_ADA | {"order_id": "1000017", "status": "shipped"},
    )

    assert 1 == len({row.id[:22] for row in rows})


def test_a_changed_table_of_words_decides_about_no_event_again(world: World) -> None:
    event = json.dumps(TO_ADA | {"status": "processing"}).encode()
    world.relay(event)
    world.policy = replace(world.policy, synonyms={"processing": "shipped"})
    again = world.relay(event, at=201)

    assert (0, 1, 0) == (again.accepted, again.repeated, again.parked)
    assert [] == list(world.parked.reasons)
