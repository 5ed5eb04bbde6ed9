"""What carriers bill for texts that nobody is found to have sent: once, as it stands, and in its hour."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from ordercast.receipts.receipt_log import Fact, Trail
from ordercast.rollups.rollup import hour_of
from ordercast.rollups.statistics import in_all
from ordercast.workflows.reconcile.compare_rollups import Verify
from ordercast.workflows.reconcile.count_charges import AGAIN, SURELY, Bills
from tests.fakes.clock import START, HandTurnedClock
from tests.fakes.receipt_logs import FakeTrails
from tests.fakes.rollups import FakeRollups
from tests.promises.receipt_logs import orphan, trail
from tests.rollups.stream_of_changes import FakeLines
from tests.rollups.test_rollups_balance import counting, verifying

WAIT = timedelta(hours=72)
PRICE = Decimal("0.00645")
HOUR = hour_of(START)


def lost(number: int = 1, *, at: datetime = START) -> Trail:
    """Return what a carrier said of a text that nobody was found, *at* that time, to have sent."""
    return replace(orphan(number), unattributed=True, due_at=at)


class Books:
    """Trails, and the books in which they are counted."""

    def __init__(self) -> None:
        self.trails, self.rollups, self.now = FakeTrails(), FakeRollups(), HandTurnedClock()

    def bills(self) -> Bills:
        count = counting(self.rollups, 1)
        return Bills(trails=self.trails, count=count, wait=WAIT, now=self.now)

    def verify(self) -> Verify:
        found = verifying(self.rollups, FakeLines())
        return replace(found, bills=self.bills(), now=self.now)

    def hears(self, each: Trail) -> None:
        self.trails.join([each])

    def sum(self) -> tuple[int, Decimal]:
        """Return how many bills there are in all, and what for."""
        days = {hour_of(START + timedelta(days=n))[:10] for n in range(9)}
        money = in_all(self.rollups.buckets(days).values()).money
        assert 0 == money.cost
        return money.bills, money.unattributed


@pytest.fixture
def books() -> Books:
    return Books()


def test_a_bill_is_counted_once_its_time_is_up_and_once(books) -> None:
    books.hears(lost())
    books.now.turn(WAIT - timedelta(milliseconds=1))
    assert (0, (0, 0)) == (books.bills()(), books.sum())

    books.now.turn(timedelta(milliseconds=1))
    assert (1, (1, PRICE)) == (books.bills()(), books.sum())
    assert (0, (1, PRICE)) == (books.bills()(), books.sum())


def test_a_round_that_failed_is_made_good_by_a_later_one(books) -> None:
    books.hears(lost())
    books.now.turn(WAIT + AGAIN)

    assert 1 == books.bills()()


def test_what_has_no_price_is_no_bill_until_it_has_and_a_price_of_nothing_is_a_bill(books) -> None:
    books.hears(replace(lost(1), facts={"FAILURE": Fact(at=START)}))
    books.hears(replace(lost(2), facts={"FAILURE": Fact(at=START, price=Decimal(0))}))
    books.now.turn(WAIT)
    books.bills()()
    assert (1, 0) == books.sum()

    books.hears(lost(1))
    books.bills()()
    assert (2, PRICE) == books.sum()


def test_a_higher_price_takes_the_place_of_a_lower_one_whatever_time_is_named(books) -> None:
    books.hears(lost())
    books.now.turn(WAIT)
    books.bills()()
    dearer = {"SUCCESS/Delivered": Fact(at=START, price=Decimal("0.02"))}
    books.hears(replace(lost(), facts=dearer, sent_at=START - timedelta(hours=3)))
    books.bills()()

    assert (1, Decimal("0.02")) == books.sum()


def test_what_waits_for_its_sender_and_what_is_ours_is_no_bill(books) -> None:
    books.hears(orphan(1))
    books.hears(trail(2))
    books.now.turn(WAIT)

    assert (0, (0, 0)) == (books.bills()(), books.sum())


def test_whatever_turns_out_to_be_ours_is_taken_back(books) -> None:
    """A sender that comes days later, of a letter that an operator redrives."""
    books.hears(lost())
    books.now.turn(WAIT)
    books.bills()()
    books.hears(trail())

    found = books.verify()([HOUR])
    assert {"message#m-1"} == set(found.not_yet_counted)
    books.verify().repair(found)
    assert (0, 0) == books.sum()
    assert books.verify()([HOUR]).are_clean


def test_a_bill_that_no_round_has_counted_is_not_yet_counted_and_is_repaired(books) -> None:
    books.hears(lost())
    books.now.turn(WAIT + SURELY - timedelta(milliseconds=1))
    assert books.verify()([HOUR]).are_clean

    books.now.turn(timedelta(hours=1))
    found = books.verify()([HOUR])
    assert {"message#m-1"} == set(found.not_yet_counted)
    assert 1 == books.verify().repair(found)
    assert (1, PRICE) == books.sum()
    assert books.verify()([HOUR]).are_clean


def test_a_bill_is_no_notification_and_outlives_its_trail(books) -> None:
    books.hears(lost())
    books.now.turn(WAIT)
    books.bills()()
    books.trails.kept.clear()

    found = books.verify()([HOUR])
    assert (True, 0, 0) == (found.are_clean, found.notifications, found.ended)
