"""What every ledger promises of lists by order, customer and failure, in memory or in DynamoDB."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Protocol

import pytest
from msgspec.structs import replace

from ordercast.decisions.decision import Decision
from ordercast.events.identity import address_key, customer_key, order_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification, OrderDetails
from ordercast.sending.forgotten import forgotten
from ordercast.sending.in_doubt import lapsed
from ordercast.sending.outcome import Outcome, accepted, refused, unknown
from ordercast.sending.send_rules import suppressed
from ordercast.workflows.ports import Ledger
from tests.examples import EMAIL, notification
from tests.fakes.clock import START
from tests.promises.ledger.decisions import numbered_decision
from tests.promises.ledger.steps import (
    LATER,
    MINUTE,
    ONE,
    TEXT,
    THREE,
    TWO,
    claimed,
    enter,
    merge_state,
    row,
    settle,
)

SHOP = "Example Tea"
PARKED = Outcome(state=State.PARKED, reason="out-of-attempts")
TODAY, DAY = LATER.date(), timedelta(days=1)


class Stories(Ledger, Protocol):
    """A ledger that is asked for an order's story."""

    def of_order(self, partition: str) -> list[Notification]: ...

    def decisions_of(self, partition: str) -> list[Decision]: ...


class Lists(Ledger, Protocol):
    """A ledger that operators look through; by the page, each read when it is asked for."""

    def of_customer(self, person: str) -> Iterator[list[Notification]]: ...

    def of_address(self, address: str) -> Iterator[list[Notification]]: ...

    def failures(self, state: State, *, day: date) -> Iterator[list[Notification]]: ...


class OrderPromises:
    """An order's story is found by its name alone, and no other order's."""

    def test_an_order_s_notifications_and_decisions_come_oldest_first(
        self, ledger: Stories
    ) -> None:
        enter(ledger, ONE, TWO)
        later = numbered_decision(2, order="order-1", accepted_at=START + MINUTE)
        ledger.record_decisions([later, numbered_decision(1), numbered_decision(3)])

        assert [row(ledger, ONE)] == ledger.of_order(order_of(ONE.id))
        assert [numbered_decision(1), later] == ledger.decisions_of("order-1")
        assert ([], []) == (ledger.of_order("order-1"), ledger.decisions_of("order-9"))


class CustomerPromises:
    """A customer's notifications are found, newest first, and nobody else's."""

    def test_a_customer_s_notifications_come_newest_first_as_they_now_are(
        self, ledger: Lists
    ) -> None:
        rows = [_theirs(n, effective_at=START + n * MINUTE) for n in (2, 3, 1)]
        enter(ledger, *rows)
        mine = claimed(ledger, rows[0])

        assert [rows[1], mine, rows[2]] == _of(ledger, "c-1")

    def test_who_has_the_same_name_in_another_shop_is_somebody_else(self, ledger: Lists) -> None:
        elsewhere = replace(_theirs(2), order=OrderDetails(order_id="o-2", shop="Other"))
        nowhere = replace(_theirs(3), order=OrderDetails(order_id="o-3"))
        enter(ledger, _theirs(1), elsewhere, nowhere, _theirs(4, customer_id="c-2"), TEXT)

        assert [_theirs(1)] == _of(ledger, "c-1")
        assert [elsewhere] == _of(ledger, "c-1", shop="Other")
        assert [nowhere] == _of(ledger, "c-1", shop=None)
        assert [] == _of(ledger, "c-3")

    def test_many_come_by_the_page_each_of_them_once(self, ledger: Lists) -> None:
        many = [_theirs(n, effective_at=START - n * MINUTE) for n in range(230)]
        enter(ledger, *reversed(many))
        pages = list(ledger.of_customer(customer_key(shop=SHOP, customer_id="c-1")))

        assert 3 <= len(pages)
        assert many == [row for page in pages for row in page]


class AddressPromises:
    """The notifications to an address are found, newest first, also once their person is forgotten."""

    def test_an_address_s_notifications_come_newest_first_and_no_other_s(
        self, ledger: Lists
    ) -> None:
        rows = [_theirs(n, effective_at=START + n * MINUTE) for n in (2, 3, 1)]
        other = _theirs(4, recipient="bob@example.com")
        enter(ledger, *rows, other, TEXT)

        assert [rows[1], rows[0], rows[2]] == _to(ledger, EMAIL)
        assert [other] == _to(ledger, "bob@example.com")
        assert [] == _to(ledger, "nobody@example.com")

    def test_a_forgotten_row_is_read_as_it_was_written_and_found_by_both_hashes(
        self, ledger: Lists
    ) -> None:
        before = _theirs(1)
        enter(ledger, before)
        after = forgotten(before, at=LATER)
        ledger.change([(before, after)])
        (found,) = _to(ledger, EMAIL)

        assert replace(after, version=2) == found
        assert [found] == _of(ledger, "c-1")


class FailurePromises:
    """What failed, is in doubt or parked is found by the day on which it came to that."""

    @pytest.mark.parametrize(
        ("outcome", "state"),
        [
            (refused("MessageRejected"), State.FAILED),
            (unknown("ReadTimeoutError"), State.IN_DOUBT),
            (PARKED, State.PARKED),
        ],
    )
    def test_what_a_send_ended_in_is_found_that_day_and_in_that_state(
        self, ledger: Lists, outcome: Outcome, state: State
    ) -> None:
        claimed(ledger)
        settle(ledger, outcome)

        assert [row(ledger)] == _failures(ledger, state)
        others = {State.FAILED, State.IN_DOUBT, State.PARKED} - {state}
        assert [] == [r for other in others for r in _failures(ledger, other)]
        assert [] == _failures(ledger, state, TODAY - DAY) + _failures(ledger, state, TODAY + DAY)

    def test_what_a_receipt_says_has_failed_is_found(self, ledger: Lists) -> None:
        enter(ledger, replace(ONE, state=State.SENT))
        merge_state(ledger, State.FAILED)

        assert [row(ledger)] == _failures(ledger, State.FAILED)

    def test_a_claim_that_lapsed_is_found_by_the_day_it_lapsed(self, ledger: Lists) -> None:
        seen = claimed(ledger)
        ledger.change([(seen, lapsed(seen, now=LATER + 2 * DAY))])

        assert [row(ledger)] == _failures(ledger, State.IN_DOUBT, LATER.date())

    def test_what_is_resolved_is_found_no_more(self, ledger: Lists) -> None:
        for one in (ONE, TWO):
            claimed(ledger, one)
            settle(ledger, unknown("ReadTimeoutError"), one)
        merge_state(ledger, State.DELIVERED, ONE)
        seen = row(ledger, TWO)
        ledger.change([(seen, replace(seen, state=State.REQUESTED))])

        assert [] == _failures(ledger, State.IN_DOUBT)

    def test_what_was_sent_waits_or_is_not_to_be_sent_has_not_failed(self, ledger: Lists) -> None:
        claimed(ledger, ONE)
        settle(ledger, accepted("m-1"))
        enter(ledger, TWO, suppressed(THREE, "stale", at=LATER))

        found = [r for s in State for r in _failures(ledger, s)]
        assert [] == found

    def test_of_many_failures_of_a_day_each_is_found_once(self, ledger: Lists) -> None:
        many = [
            notification(n, state=State.FAILED, closed_at=LATER, due_at=None) for n in range(1000)
        ]
        enter(ledger, *many)
        pages = list(ledger.failures(State.FAILED, day=TODAY))
        found = [each for page in pages for each in page]

        assert sorted(each.id for each in many) == sorted(each.id for each in found)
        assert max(map(len, pages)) <= 100


def _theirs(number: int, **changes: object) -> Notification:
    return notification(number, **{"customer_id": "c-1", **changes})  # type: ignore[arg-type]  # any field may be changed


def _of(ledger: Lists, customer: str, shop: str | None = SHOP) -> list[Notification]:
    pages = ledger.of_customer(customer_key(shop=shop, customer_id=customer))
    return [each for page in pages for each in page]


def _to(ledger: Lists, address: str) -> list[Notification]:
    return [each for page in ledger.of_address(address_key(address)) for each in page]


def _failures(ledger: Lists, state: State, day: date = TODAY) -> list[Notification]:
    return [each for page in ledger.failures(state, day=day) for each in page]
