"""Each change is counted once, whatever fails in between."""

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.rollups.counting import entries, transactions
from ordercast.rollups.rollup import add, summed
from ordercast.workflows.count_changes import ROUNDS, Count
from tests.fakes.rollups import FakeRollups
from tests.lines import line


@pytest.fixture
def rollups() -> FakeRollups:
    return FakeRollups()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def count(rollups, waits) -> Count:
    return Count(rollups=rollups, pause=waits.append, chance=lambda: 0.5)


def answers(*values: bool) -> Callable[[], bool]:
    """Say these, and no from then on."""
    said: Iterator[bool] = iter(values)
    return lambda: next(said, False)


def states(rollups: FakeRollups) -> dict[str, object]:
    total: dict[str, int | Decimal] = {}
    for amounts in rollups.buckets(["2026-03-02"]).values():
        add(total, {n: a for n, a in amounts.items() if n.startswith("state#")})
    return dict(total)


def test_a_batch_that_comes_again_is_counted_once(count, rollups) -> None:
    lines = [line(n) for n in (1, 2, 3)]

    assert (3, 0) == tuple(len(count(lines).entries) for _ in range(2))

    assert {"state#requested": 3} == states(rollups)
    assert ["known", "commit", "known"] == rollups.calls


def test_what_is_older_than_what_was_counted_counts_nothing(count, rollups) -> None:
    count([replace(line(1, state=State.SENT), version=4)])
    count([replace(line(1), version=3)])

    assert {"state#sent": 1} == states(rollups)


def test_what_was_refused_is_read_again_and_counted_from_there(count, rollups, waits) -> None:
    """Somebody else counted it between our reading and our writing."""
    first = line(1)

    def interfere() -> bool:
        rollups.before = answers()
        rollups.commit(transactions(entries([first], {})), writer=9)
        return False

    rollups.before = interfere
    tally = count([replace(line(1, state=State.SENT), version=2), line(2)])

    assert frozenset() == tally.undone
    assert {"state#sent": 1, "state#requested": 1} == states(rollups)
    assert 1 == len(waits)


def test_what_was_carried_out_unheard_is_not_counted_again(count, rollups) -> None:
    rollups.after = answers(True)

    tally = count([line(1)])

    assert ((), frozenset()) == (tally.entries, tally.undone)
    assert {"state#requested": 1} == states(rollups)


def test_a_lasting_failure_is_reported_for_each_and_the_others_are_done(count, rollups) -> None:
    """99 go into one transaction; the rest is in another."""
    lines = [line(n) for n in range(1, 131)]
    rollups.before = answers(False, *[True] * ROUNDS)

    tally = count(lines)

    assert (99, 31) == (len(tally.entries), len(tally.undone))
    assert {"state#requested": 99} == states(rollups)


def test_rollups_that_cannot_be_read_leave_all_undone(count, rollups) -> None:
    rollups.unavailable = lambda: True

    assert {line(1).id} == count([line(1)]).undone


def test_an_empty_batch_makes_no_call(count, rollups) -> None:
    assert ((), frozenset()) == (count([]).entries, count([]).undone)


def test_buckets_are_the_sum_of_what_was_counted_last(count, rollups) -> None:
    for version, state in enumerate(
        [State.REQUESTED, State.SENDING, State.IN_DOUBT, State.SENT, State.DELIVERED], start=1
    ):
        count([replace(line(n, state=state), version=version) for n in range(1, 40)])

    found = rollups.buckets(["2026-03-02"])
    assert found == summed(each.contribution for each in rollups.kept.values())


def test_four_hundred_notifications_in_twenty_buckets_take_few_calls(count, rollups) -> None:
    lines = [
        replace(line(n), bucket=line(n).bucket._replace(template=f"t-{n % 20}"))
        for n in range(1, 401)
    ]

    count(lines)

    assert 12 >= len(rollups.calls)
