"""Unattributed charges are counted once, with their amount and in their hour."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.receipts.receipt_log import ReceiptEvent, ReceiptLog
from ordercast.rollups.rollup import hour_of
from ordercast.rollups.statistics import in_all
from ordercast.workflows.reconcile.compare_rollups import CompareRollups
from ordercast.workflows.reconcile.count_charges import AGAIN, SURELY, CountCharges
from tests.fakes.clock import START, HandTurnedClock
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.rollups import FakeRollups
from tests.promises.receipt_logs import orphan, receipt_log
from tests.rollups.stream_of_changes import FakeRollupInputs
from tests.rollups.test_rollups_balance import counting, verifying

WAIT = timedelta(hours=72)
PRICE = Decimal("0.00645")
HOUR = hour_of(START)


def lost(number: int = 1, *, at: datetime = START) -> ReceiptLog:
    """Return what a carrier said of a text that nobody was found, *at* that time, to have sent."""
    return replace(orphan(number), unattributed=True, due_at=at)


class RollupsWorkload:
    """Receipt logs, and the rollups in which they are counted."""

    def __init__(self) -> None:
        self.receipt_logs, self.rollups, self.now = (
            FakeReceiptLogs(),
            FakeRollups(),
            HandTurnedClock(),
        )

    def charges(self) -> CountCharges:
        count = counting(self.rollups, 1)
        return CountCharges(receipt_logs=self.receipt_logs, count=count, wait=WAIT, now=self.now)

    def verify(self) -> CompareRollups:
        found = verifying(self.rollups, FakeRollupInputs())
        return replace(found, charges=self.charges(), now=self.now)

    def hears(self, each: ReceiptLog) -> None:
        self.receipt_logs.join([each])

    def sum(self) -> tuple[int, Decimal]:
        """Return how many charges there are in all, and what for."""
        days = {hour_of(START + timedelta(days=n))[:10] for n in range(9)}
        money = in_all(self.rollups.buckets(days).values()).money
        assert 0 == money.cost
        return money.charges, money.unattributed


@pytest.fixture
def rollups() -> RollupsWorkload:
    return RollupsWorkload()


def test_a_charge_is_counted_once_its_time_is_up_and_once(rollups) -> None:
    rollups.hears(lost())
    rollups.now.turn(WAIT - timedelta(milliseconds=1))
    assert (0, (0, 0)) == (rollups.charges()(), rollups.sum())

    rollups.now.turn(timedelta(milliseconds=1))
    assert (1, (1, PRICE)) == (rollups.charges()(), rollups.sum())
    assert (0, (1, PRICE)) == (rollups.charges()(), rollups.sum())


def test_a_round_that_failed_is_made_good_by_a_later_one(rollups) -> None:
    rollups.hears(lost())
    rollups.now.turn(WAIT + AGAIN)

    assert 1 == rollups.charges()()


def test_what_has_no_price_is_no_charge_until_it_has_and_a_price_of_nothing_is_a_charge(
    rollups,
) -> None:
    rollups.hears(replace(lost(1), receipt_events={"FAILURE": ReceiptEvent(at=START)}))
    rollups.hears(
        replace(lost(2), receipt_events={"FAILURE": ReceiptEvent(at=START, price=Decimal(0))})
    )
    rollups.now.turn(WAIT)
    rollups.charges()()
    assert (1, 0) == rollups.sum()

    rollups.hears(lost(1))
    rollups.charges()()
    assert (2, PRICE) == rollups.sum()


def test_a_higher_price_takes_the_place_of_a_lower_one_whatever_time_is_named(rollups) -> None:
    rollups.hears(lost())
    rollups.now.turn(WAIT)
    rollups.charges()()
    dearer = {"SUCCESS/Delivered": ReceiptEvent(at=START, price=Decimal("0.02"))}
    rollups.hears(replace(lost(), receipt_events=dearer, sent_at=START - timedelta(hours=3)))
    rollups.charges()()

    assert (1, Decimal("0.02")) == rollups.sum()


def test_what_waits_for_its_sender_and_what_is_ours_is_no_charge(rollups) -> None:
    rollups.hears(orphan(1))
    rollups.hears(receipt_log(2))
    rollups.now.turn(WAIT)

    assert (0, (0, 0)) == (rollups.charges()(), rollups.sum())


def test_whatever_turns_out_to_be_ours_is_taken_back(rollups) -> None:
    """A sender that comes days later, of a letter that an operator redrives."""
    rollups.hears(lost())
    rollups.now.turn(WAIT)
    rollups.charges()()
    rollups.hears(receipt_log())

    found = rollups.verify()([HOUR])
    assert {"message#m-1"} == set(found.not_yet_counted)
    rollups.verify().repair(found)
    assert (0, 0) == rollups.sum()
    assert rollups.verify()([HOUR]).are_clean


def test_a_charge_that_no_round_has_counted_is_not_yet_counted_and_is_repaired(rollups) -> None:
    rollups.hears(lost())
    rollups.now.turn(WAIT + SURELY - timedelta(milliseconds=1))
    assert rollups.verify()([HOUR]).are_clean

    rollups.now.turn(timedelta(hours=1))
    found = rollups.verify()([HOUR])
    assert {"message#m-1"} == set(found.not_yet_counted)
    assert 1 == rollups.verify().repair(found)
    assert (1, PRICE) == rollups.sum()
    assert rollups.verify()([HOUR]).are_clean


def test_a_charge_is_no_notification_and_outlives_its_receipt_log(rollups) -> None:
    rollups.hears(lost())
    rollups.now.turn(WAIT)
    rollups.charges()()
    rollups.receipt_logs.kept.clear()

    found = rollups.verify()([HOUR])
    assert (True, 0, 0) == (found.are_clean, found.notifications, found.ended)
