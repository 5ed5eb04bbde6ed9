from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ordercast.events.order_event import Channel, Money, Priority
from ordercast.events.order_event_fields import ItemV1
from tests.examples import order_event


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({"value": "42.5", "currency": "USD"}, "42.5 USD"),
        ({"value": "42.505", "currency": "KWD"}, "42.505 KWD"),
        ({"value": "1200", "currency": "JPY"}, "1200 JPY"),
        ({"value": "-3", "currency": "EUR"}, "-3 EUR"),
        ({"value": "999999999999.99", "currency": "USD"}, "999999999999.99 USD"),
        ("42.00", "42.00 USD"),
        (42.1, "42.1 USD"),
        (0, "0 USD"),
        (-0.0, "0.0 USD"),
        (1e11 + 0.5, "100000000000.5 USD"),
        (0.00001, "0.00001 USD"),
    ],
)
def test_an_amount_is_read_as_the_shop_means_it(sent: object, meant: str) -> None:
    value, currency = meant.split()
    amount = order_event(amount=sent).amount

    assert Money(value=Decimal(value), currency=currency) == amount
    assert amount is not None
    assert not (amount.value.is_zero() and amount.value.is_signed())


@pytest.mark.parametrize("total", [19.99 * 3, 0.1 + 0.2, 1e-300])
def test_the_dust_of_binary_fractions_is_left_out(total: float) -> None:
    """A shop that adds prices as floats sends 59.970000000000006."""
    amount = order_event(amount=total).amount

    assert amount is not None
    assert round(Decimal(total), 2) == amount.value


def test_no_cent_of_a_text_amount_is_lost() -> None:
    amount = {"value": "123456789012.345678", "currency": "USD"}

    assert (
        Money(value=Decimal("123456789012.345678"), currency="USD")
        == order_event(amount=amount).amount
    )


def test_a_bare_name_is_one_of_that_item() -> None:
    items = ["Teapot", {"name": "Cup", "quantity": 4, "sku": "c-1"}]

    assert (ItemV1(name="Teapot"), ItemV1(name="Cup", quantity=4, sku="c-1")) == order_event(
        items=items
    ).items


def test_without_a_status_an_order_is_confirmed() -> None:
    assert "confirmed" == order_event(status=None).status


def test_a_status_is_read_in_either_case() -> None:
    assert "shipped" == order_event(status="Shipped").status


@pytest.mark.parametrize(
    ("changes", "priority"),
    [
        ({}, Priority.NORMAL),
        ({"status": "brewed"}, Priority.NORMAL),
        ({"status": "cancelled"}, Priority.HIGH),
        ({"status": "Refunded"}, Priority.HIGH),
        ({"status": "failed"}, Priority.HIGH),
        ({"status": "failed", "priority": "normal"}, Priority.NORMAL),
        ({"priority": "high"}, Priority.HIGH),
    ],
)
def test_bad_news_is_urgent_unless_the_shop_says_otherwise(
    changes: dict[str, Any], priority: Priority
) -> None:
    assert priority is order_event(**changes).priority


@pytest.mark.parametrize(
    ("wish", "channels"),
    [
        ("sms", (Channel.SMS,)),
        ("email", (Channel.EMAIL,)),
        ("both", (Channel.SMS, Channel.EMAIL)),
        ("auto", None),
        (None, None),
    ],
)
def test_without_a_wish_the_customer_decides(
    wish: str | None, channels: tuple[Channel, ...] | None
) -> None:
    assert channels == order_event(channel=wish).channels


def test_an_instant_is_kept_in_utc() -> None:
    here = order_event(occurred_at="2026-03-02T10:29:58+01:00").occurred_at

    assert datetime(2026, 3, 2, 9, 29, 58, tzinfo=UTC) == here
    assert here is not None
    assert UTC is here.tzinfo


def test_an_event_may_leave_out_all_but_the_order_and_the_customer() -> None:
    silent = order_event(
        event_id=None,
        status=None,
        occurred_at=None,
        amount=None,
        items=None,
        contact=None,
        channel=None,
        shop=None,
        customer_id="c-1",
    )

    assert ("o-1", "c-1", (), None) == (
        silent.order_id,
        silent.customer_id,
        silent.items,
        silent.contact.email,
    )
