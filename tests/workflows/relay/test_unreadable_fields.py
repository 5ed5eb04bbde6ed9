"""A field that cannot be read costs what depends on it, and its producer hears which it is."""

from decimal import Decimal
from typing import Any

import pytest

from ordercast.notifications.lifecycle import State
from tests.examples import EMAIL
from tests.fakes.world import World
from tests.workflows.relay.order_events import TO_ADA, relay, requested

SHOWN = {
    "a link with a space": {"tracking_url": "https://shop.example.com/a b"},
    "a link without a scheme": {"tracking_url": "shop.example.com/t/1"},
    "an amount in words": {"amount": "forty-two"},
    "an amount with two readings": {"amount": "1,234"},
    "a point with two readings": {"amount": {"value": "1.234", "currency": "EUR"}},
    "cents, or not": {"amount": 4250, "currency": "usd"},
    "cents of the stage's currency, or not": {"amount": 4250},
    "cents with a point": {"amount": 4250.0},
    "cents with a point and a currency": {"amount": 4250.0, "currency": "usd"},
    "cents in a text": {"amount": "4250"},
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


def test_notes_are_stored_with_the_decision_and_name_no_value(world: World) -> None:
    relay(world, TO_ADA | {"amount": "a lot", "tracking_url": "javascript:alert(1)"})

    (decision,) = world.ledger.decisions.values()
    assert [
        "amount: left out: found a text of 5 characters that is no amount",
        "tracking_url: left out: found a text of 19 characters",
    ] == [str(each) for each in decision.notes]


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


@pytest.mark.parametrize("amount", [42.5, "42.50", "42.5", "0042.50 "])
def test_an_amount_with_decimals_is_in_the_stage_s_currency(
    world: World, amount: float | str
) -> None:
    [row] = relay(world, TO_ADA | {"amount": amount})

    assert row.order.amount is not None
    assert ("USD", Decimal("42.5")) == (row.order.amount.currency, row.order.amount.value)


@pytest.mark.parametrize("beside", [{}, {"currency": "USD"}])
@pytest.mark.parametrize("amount", [4250, 4250.0, -4250, 1])
def test_a_whole_number_that_may_be_cents_is_shown_to_nobody(
    world: World, amount: float, beside: dict[str, str]
) -> None:
    """4250 is 42.50 to one provider and 4,250.00 to another."""
    [row] = relay(world, TO_ADA | {"amount": amount} | beside)

    assert (State.REQUESTED, None) == (row.state, row.order.amount)
    [decision] = world.ledger.decisions.values()
    assert ["amount"] == [each.field for each in decision.notes]


@pytest.mark.parametrize("beside", [{}, {"currency": "USD"}])
@pytest.mark.parametrize("nothing", [0, 0.0, "0", {"value": 0}])
def test_nothing_is_nothing_in_cents_too(
    world: World, nothing: object, beside: dict[str, str]
) -> None:
    [row] = relay(world, TO_ADA | {"amount": nothing} | beside)

    assert row.order.amount is not None
    assert ("USD", Decimal(0)) == (row.order.amount.currency, row.order.amount.value)


def test_cents_of_unknown_size_are_not_shown(world: World) -> None:
    """Of yen there are none: 4250 would be told as 43."""
    amount = {"centAmount": 4250, "currencyCode": "JPY"}
    [row] = relay(world, TO_ADA | {"amount": amount})

    assert (State.REQUESTED, None) == (row.state, row.order.amount)
