"""Budgets are compared in passes that end in time, a day of a month as an hour, and none is skipped."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.reconciliation.progress import HourProgress
from ordercast.rollups.rollup import CountedVersion, hour_of
from ordercast.workflows.reconcile.compare_budgets import CompareBudgets
from ordercast.workflows.reconcile.compare_budgets_in_passes import (
    BudgetsOfHour,
    CompareBudgetsInPasses,
)
from ordercast.workflows.reconcile.compare_in_passes import CompareInPasses
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import HandTurnedClock
from tests.fakes.progress import FakeProgress
from tests.fakes.rollups import PARTITIONS, FakeRollups
from tests.fakes.services import LEASE
from tests.promises.accounts import drawing
from tests.promises.rollups import HOUR, count, sent
from tests.rollups.stream_of_changes import FakeRollupInputs
from tests.rollups.test_rollups_balance import verifying

DAY = Budget(period=BudgetPeriod.DAY, limit=Decimal(5))
MONTH = Budget(period=BudgetPeriod.MONTH, limit=Decimal(50))
AGE = 3
AN_HOUR = timedelta(hours=1)
BEGAN = datetime.fromisoformat(f"{HOUR}:00+00:00")
LAST = BEGAN.replace(hour=23)


class Read(FakeRollups):
    """Notes each partition that is read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def counted_in(self, partition: str) -> Iterator[dict[str, CountedVersion]]:
        self.read.append(partition)
        return super().counted_in(partition)


class Stage:
    """Accounts from which 0.5 US dollars were drawn, of which 0.3 were charged."""

    def __init__(self) -> None:
        self.rollups, self.accounts, self.progress = Read(), FakeAccounts(), FakeProgress()
        self.ledger = FakeRollupInputs()
        self.clock = HandTurnedClock(LAST + AGE * AN_HOUR + timedelta(minutes=5))
        self.draw()
        row = replace(sent(price="0.3"), drawn=Decimal("0.3"))
        self.ledger.rows[row.id] = row
        count(self.rollups, row)

    def draw(self, amount: str = "0.5") -> None:
        self.accounts.draw([drawing(amount, DAY, hour=HOUR), drawing(amount, MONTH, hour=HOUR)])

    def in_passes(self, **changes: Any) -> CompareBudgetsInPasses:
        compare = verifying(self.rollups, self.ledger)
        built = CompareBudgetsInPasses(
            budgets=CompareBudgets(
                rollups=self.rollups,
                accounts=self.accounts,
                limits=lambda: Limits(budgets=(DAY, MONTH)),
                rollups_differ=lambda _: pytest.fail("an hour was read in one go"),
                pause=lambda _: pytest.fail("a function waited"),
                wait=LEASE,
            ),
            hours=CompareInPasses(
                progress=FakeProgress(),
                rollups=compare,
                records=None,  # type: ignore[arg-type]  # records are not looked at
                stream_retention=timedelta(hours=24),
                now=self.clock,
            ),
            progress=self.progress,
            now=self.clock,
        )
        return replace(built, **changes)

    def passes(self, left: timedelta = timedelta()) -> list[BudgetsOfHour]:
        """Do what can be done now; without time left each pass does the least."""
        found = []
        while made := self.in_passes()(AGE, deadline=lambda: left):
            found.append(made)
        return found

    def left(self, budget: Budget) -> Decimal:
        return self.accounts.kept[budget.account(HOUR)].left


@pytest.fixture
def stage() -> Stage:
    """A stage whose day has been over for long enough, after a first pass that found a difference."""
    stage = Stage()
    [noted] = stage.passes()
    assert (hour_of(LAST), False) == (noted.hour, noted.is_over)
    return stage


def test_what_was_drawn_for_nothing_is_given_back_when_the_wait_is_over(stage: Stage) -> None:
    stage.clock.turn(LEASE)
    *parts, last = stage.passes()

    assert (hour_of(LAST), 1, True) == (last.hour, last.corrected, last.is_over)
    assert Decimal("49.7") == stage.left(MONTH)
    assert {0} == {each.corrected for each in parts}


def test_no_pass_reads_more_than_a_part_of_an_hour(stage: Stage) -> None:
    """A day of ten million messages takes longer than a function runs."""
    stage.clock.turn(LEASE)
    read = []
    while stage.in_passes()(AGE, deadline=timedelta):
        read.append(len(stage.rollups.read))
        stage.rollups.read.clear()

    assert {1} == set(read)
    assert 24 * PARTITIONS == len(read)


def test_with_time_left_a_pass_looks_at_a_whole_hour(stage: Stage) -> None:
    stage.clock.turn(LEASE)

    assert 24 == len(stage.passes(timedelta(minutes=15)))


def test_before_the_wait_is_over_nothing_is_looked_at(stage: Stage) -> None:
    """A draw that was made a moment ago may still be claimed."""
    stage.clock.turn(LEASE - timedelta(seconds=1))

    assert [] == stage.passes()
    assert [] == stage.rollups.read


def test_what_is_drawn_meanwhile_is_not_undone(stage: Stage) -> None:
    stage.clock.turn(LEASE)
    for _ in range(5):
        assert stage.in_passes()(AGE, deadline=timedelta)
    stage.draw("0.1")

    assert 0 == stage.passes()[-1].corrected
    assert Decimal("49.4") == stage.left(MONTH)


def test_nothing_is_believed_of_a_day_of_which_an_hour_is_not_counted(stage: Stage) -> None:
    [row] = stage.ledger.rows.values()
    stage.ledger.rows[row.id] = replace(row, version=row.version + 1)
    stage.clock.turn(LEASE)

    assert 0 == stage.passes()[-1].corrected
    assert Decimal("49.5") == stage.left(MONTH)


def test_an_hour_of_a_day_is_given_back_by_itself() -> None:
    stage = Stage()
    stage.clock.at = BEGAN + AGE * AN_HOUR
    stage.passes()
    stage.clock.turn(LEASE)
    last = stage.passes()[-1]

    assert (HOUR, 1) == (last.hour, last.corrected)
    assert Decimal("4.7") == stage.left(DAY)


def test_a_pass_that_ends_before_it_is_kept_corrects_nothing_twice(stage: Stage) -> None:
    stage.clock.turn(LEASE)

    class Dies(FakeProgress):
        def save(self, progress: HourProgress) -> bool:
            if not progress.noted:
                raise RuntimeError
            return super().save(progress)

    dying = stage.in_passes(progress=Dies(kept=stage.progress.kept))
    with pytest.raises(RuntimeError):
        while dying(AGE, deadline=timedelta):
            pass
    assert Decimal("49.7") == stage.left(MONTH)

    assert 0 == stage.passes()[-1].corrected
    assert Decimal("49.7") == stage.left(MONTH)


def test_hours_are_compared_in_turn_and_none_is_skipped_while_nobody_looked(stage: Stage) -> None:
    stage.clock.turn(LEASE)
    stage.passes()
    stage.clock.turn(26 * AN_HOUR)

    over = [each.hour for each in stage.passes() if each.is_over]
    assert [hour_of(LAST + n * AN_HOUR) for n in range(1, 27)] == over
