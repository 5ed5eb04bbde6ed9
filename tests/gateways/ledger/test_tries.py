"""What of a text's tries is counted: the parts, estimates and reserves of all, and how many followed the first."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.gateways.ledger import items as ledger_item
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.rollups.rollup import RollupInput, contribution
from ordercast.sending.outcome import Settlement, accepted, settled
from tests.fakes.clock import START
from tests.gateways.dynamodb.item_sizes import size
from tests.promises.ledger.tries import UNREACHED, WAITING
from tests.receipts.test_tries import PRICE, again, once


def counted(row: Notification) -> RollupInput:
    return rollup_input_of(ledger_item.write(row))


def taken(row: Notification) -> Notification:
    settlement = Settlement(notification=row, owner="me", outcome=accepted("m-2"), at=START)
    return settled(row, settlement)


@pytest.mark.parametrize(
    ("row", "parts", "estimate", "reserved", "retries"),
    [
        (once(), 2, "0.02", "0.03", 0),
        (WAITING, 2, "0.02", "0.03", 0),
        (again(once()), 3, "0.025", "0.037", 0),
        (taken(again(once())), 3, "0.025", "0.037", 1),
    ],
)
def test_each_try_counts_by_its_own_claim(
    row: Notification, parts: int, estimate: str, reserved: str, retries: int
) -> None:
    """While none is under way, the row says what the last one was claimed at, which has its number already."""
    line = counted(row)

    assert (True, parts, retries) == (line.taken, line.parts, line.retries)
    assert (Decimal(estimate), Decimal(reserved)) == (line.estimate, line.reserved)
    assert retries == contribution(line).amounts.get("retries", 0)


def test_what_is_drawn_for_the_next_try_is_outstanding_although_the_first_has_its_price() -> None:
    row = replace(again(once()), drawn=Decimal("0.05"), cost=PRICE)
    for state in (State.REQUESTED, State.SENDING, State.DEFERRED):
        amounts = contribution(counted(replace(row, state=state))).amounts
        assert Decimal("0.05") - PRICE == amounts["outstanding"]


def test_what_a_call_may_cost_is_outstanding_until_it_is_settled_although_the_first_arrived() -> (
    None
):
    row = replace(
        again(once()), state=State.DELIVERED, drawn=Decimal("0.06"), cost=PRICE, closed_at=START
    )
    assert Decimal("0.025") - PRICE == contribution(counted(row)).amounts["outstanding"]

    settled_row = replace(row, lease_until=None)
    assert "outstanding" not in contribution(counted(settled_row)).amounts


def test_a_second_try_takes_a_part_of_a_second_write_unit_and_no_more() -> None:
    """A text without trouble has nothing of it."""
    usual = size(ledger_item.write(replace(WAITING, messages={"m-1": UNREACHED})))
    assert 150 >= size(ledger_item.write(WAITING)) - usual

    names = ledger_item.write(replace(WAITING, messages={"m-1": UNREACHED}))["messages"]["M"]["m-1"]
    assert {"state", "at", "reason"} == names["M"].keys()
