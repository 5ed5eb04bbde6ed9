"""The export has what counts of each notification, so that anyone can recount it."""

import json
from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from ordercast.cli.export import columns
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from tests.examples import notification
from tests.fakes.clock import START

DELIVERED = notification(
    1,
    recipient="ada@example.com",
    customer_id="c-1",
    state=State.DELIVERED,
    messages={"m-1": Message(state=State.DELIVERED, price=Decimal("0.00645"))},
    country="US",
    parts=2,
    estimate=Decimal("0.0066"),
    reserved=Decimal("0.0166"),
    cost=Decimal("0.00645"),
    cost_source=CostSource.CARRIER,
    sent_at=START + timedelta(seconds=1),
    delivered_at=START + timedelta(seconds=2, milliseconds=5),
)


def test_money_keeps_every_digit_and_times_their_milliseconds() -> None:
    row = columns(DELIVERED)

    assert ("0.0066", "0.0166", "0.00645", "carrier") == (
        row["estimate_usd"],
        row["reserved_usd"],
        row["cost_usd"],
        row["cost_source"],
    )
    assert [{"state": "delivered", "at": None, "price_usd": "0.00645"}] == row["messages"]
    assert "2026-03-02T09:30:02.005+00:00" == row["delivered_at"]
    assert ("2026-03-02T09", True, 2) == (row["effective_hour"], row["taken"], row["parts"])


def test_what_is_not_known_is_null_and_nothing_is_left_out() -> None:
    assert columns(notification(2)).keys() == columns(DELIVERED).keys()
    assert columns(notification(2))["cost_usd"] is None


def test_a_message_in_doubt_has_no_time_of_sending() -> None:
    doubtful = replace(DELIVERED, state=State.IN_DOUBT, messages={}, sent_at=None)
    row = columns(replace(doubtful, in_doubt_since=START))

    assert (None, False) == (row["sent_at"], row["taken"])


def test_nobody_is_named() -> None:
    written = json.dumps(columns(DELIVERED))

    assert "ada" not in written
    assert "c-1" not in written
    assert "o-1" not in written
