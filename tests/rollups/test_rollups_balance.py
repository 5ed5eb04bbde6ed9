"""The rollups balance whatever the stream does, and a broken counting rule is noticed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

import pytest

from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource
from ordercast.rollups.counting import Transaction
from ordercast.rollups.rollup import RollupInput, add, contribution, summed
from ordercast.workflows.count_changes import Count
from ordercast.workflows.reconcile.compare_rollups import CompareRollups
from tests.fakes.clock import START
from tests.fakes.rollups import FakeRollups
from tests.rollups.stream_of_changes import (
    STORIES,
    Day,
    Deliveries,
    FakeRollupInputs,
    lived_through,
)
from tests.sampling import SAMPLED, sampled

HOURS = ["2026-03-02T09", "2026-03-02T10"]
SEEDS = range(1_000)
THESE = range(0, sampled(200, whole=1_000), 100)


def counting(rollups: FakeRollups, seed: int) -> Count:
    return Count(rollups=rollups, pause=lambda _: None, chance=Random(seed).random)  # noqa: S311


def verifying(rollups: FakeRollups, ledger: FakeRollupInputs) -> CompareRollups:
    return CompareRollups(
        rollups=rollups,
        ledger=ledger,
        count=counting(rollups, 0),
        pause=lambda _: None,
        now=lambda: START + timedelta(hours=5),
        second_look=timedelta(seconds=20),
        retention=timedelta(days=90),
    )


def lived(seed: int, rollups: FakeRollups, *, losing: float = 0.0) -> Day:
    """Let a day pass, counted as the handler does."""
    day = Day(chance=Random(seed))  # noqa: S311
    count = counting(rollups, seed)
    Deliveries(
        day=day, rollups=rollups, counting=lambda lines: count(lines).undone, losing=losing
    ).run()
    return day


def balanced(rollups: FakeRollups, day: Day) -> bool:
    """Tell whether the buckets hold what each row counts for, by a way of its own."""
    truth = summed(contribution(line) for line in day.ledger.rows.values())
    return truth == rollups.buckets(["2026-03-02"])


@SAMPLED
@pytest.mark.parametrize("seed", [range(n, n + 100) for n in THESE], ids=str)
def test_rollups_balance_under_redelivery_reorder_parallel_lanes_and_crashes(seed: range) -> None:
    for each in seed:
        rollups = FakeRollups()
        day = lived(each, rollups)

        assert balanced(rollups, day)
        found = verifying(rollups, day.ledger)(HOURS, day.ledger.rows)
        assert found.are_clean
        assert not found.moving
        assert len(day.ledger.rows) == found.notifications


@SAMPLED
@pytest.mark.parametrize("seed", [range(n, n + 100) for n in THESE], ids=str)
def test_what_is_withheld_for_good_is_found_and_repaired_and_nothing_is_different(
    seed: range,
) -> None:
    found_something = 0
    for each in seed:
        rollups = FakeRollups()
        day = lived(each, rollups, losing=0.2)
        verify = verifying(rollups, day.ledger)

        found = verify(HOURS, day.ledger.rows)
        assert 0 == found.different
        found_something += len(found.not_yet_counted)
        assert len(found.not_yet_counted) == verify.repair(found)

        assert balanced(rollups, day)
        assert verify(HOURS, day.ledger.rows).are_clean
    assert found_something > 100


@dataclass(slots=True)
class Unconditional(FakeRollups):
    """The rule broken: what was counted is put over whatever is there, and added all the same."""

    def _holds(self, transaction: Transaction) -> bool:  # noqa: ARG002 - that is the point
        return True


def test_adding_without_the_condition_is_noticed() -> None:
    noticed = wrong = 0
    for seed in SEEDS[:200]:
        rollups = Unconditional()
        day = lived(seed, rollups)
        if not balanced(rollups, day):
            wrong += 1
            noticed += verifying(rollups, day.ledger)(HOURS, day.ledger.rows).different > 0

    assert wrong > 50
    assert wrong == noticed


@dataclass(slots=True)
class HighWaterMark:
    """The rule broken: differences of images are added once a lane is further than ever before."""

    rollups: FakeRollups
    last: dict[str, RollupInput] = field(default_factory=dict)
    mark: int = 0

    def __call__(self, lines: Iterable[RollupInput]) -> frozenset[str]:
        for line in lines:
            if line.version <= self.mark and line.id in self.last:
                continue
            self.mark = max(self.mark, line.version)
            changes = {line.bucket: dict(contribution(line).amounts)}
            if line.id in self.last:
                before = contribution(self.last[line.id])
                add(
                    changes.setdefault(before.bucket, {}),
                    {n: -a for n, a in before.amounts.items()},
                )
            self.last[line.id] = line
            self.rollups.commit([Transaction(additions=changes)], writer=0)
        return frozenset()


def test_a_high_water_mark_is_noticed() -> None:
    """It was wrong in every run in which it was tried."""
    for seed in SEEDS[:100]:
        rollups = FakeRollups()
        day = Day(chance=Random(seed))  # noqa: S311
        Deliveries(day=day, rollups=rollups, counting=HighWaterMark(rollups)).run()

        assert not balanced(rollups, day)
        assert not verifying(rollups, day.ledger)(HOURS, day.ledger.rows).are_clean


def test_the_days_above_are_worth_counting() -> None:
    """Rows have lived through several attempts, receipts of each, prices, doubts and silence."""
    ends = [lived_through(seed)[-1] for seed in range(STORIES)]

    assert {State.DELIVERED, State.IN_DOUBT, State.UNCONFIRMED} <= {row.state for row in ends}
    assert {CostSource.CARRIER, CostSource.ESTIMATE, None} == {row.cost_source for row in ends}
    assert sum(len(row.messages) > 1 for row in ends) > STORIES / 4
    assert sum(row.version for row in ends) > 5 * STORIES
