"""What differs, what is not yet counted and what is moving are kept apart."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.rollups.rollup import Amount, Contribution, CountedVersion
from ordercast.rollups.statistics import in_all
from ordercast.workflows.reconcile.compare_rollups import CompareRollups
from tests.fakes.clock import START
from tests.fakes.rollups import FakeRollups
from tests.lines import line, unattributed_charge
from tests.promises.rollups import HOUR, count
from tests.rollups.stream_of_changes import FakeRollupInputs
from tests.rollups.test_rollups_balance import counting

RETENTION = timedelta(days=90)


class RollupsWorkload:
    """Some counted notifications that are on the ledger as well, and a verification of them."""

    def __init__(self) -> None:
        self.rollups, self.ledger = FakeRollups(), FakeRollupInputs()
        self.meanwhile: Callable[[], object] = lambda: None
        self.later = timedelta(hours=2)
        self.waited: list[float] = []
        for number in (1, 2, 3):
            self.write(number)
            count(self.rollups, self.row(number))

    def row(self, number: int):
        return self.ledger.rows[line(number).id]

    def write(self, number: int, **changes: Any) -> None:
        self.ledger.rows[line(number).id] = replace(line(number), **changes)

    def sent(self, number: int, version: int = 2) -> None:
        self.write(number, version=version, state=State.SENT)

    def verify(self) -> CompareRollups:
        return CompareRollups(
            rollups=self.rollups,
            ledger=self.ledger,
            count=counting(self.rollups, 1),
            pause=lambda seconds: (self.waited.append(seconds), self.meanwhile()),  # type: ignore[arg-type, func-returns-value]  # both calls, for their effects
            now=lambda: START + self.later,
            second_look=timedelta(seconds=7),
            retention=RETENTION,
        )

    def found(self, *never_counted: int):
        return self.verify()([HOUR], [line(n).id for n in never_counted])


@pytest.fixture
def rollups() -> RollupsWorkload:
    return RollupsWorkload()


def test_rollups_that_agree_take_one_look(rollups) -> None:
    found = rollups.found()

    assert (True, 3, frozenset(), []) == (
        found.are_clean,
        found.notifications,
        found.moving,
        rollups.waited,
    )


def test_what_the_ledger_is_ahead_of_and_stands_still_is_not_yet_counted(rollups) -> None:
    rollups.sent(1)

    found = rollups.found()

    assert ({line(1).id}, 0, [7.0]) == (
        set(found.not_yet_counted),
        found.different,
        rollups.waited,
    )
    assert 1 == rollups.verify().repair(found)
    assert rollups.found().are_clean


def test_what_was_never_counted_is_found_where_it_is_asked_for(rollups) -> None:
    rollups.write(4)

    assert rollups.found().are_clean
    assert {line(4).id} == set(rollups.found(4).not_yet_counted)


def test_what_changes_between_two_looks_is_moving(rollups) -> None:
    rollups.sent(1)
    rollups.meanwhile = lambda: rollups.sent(1, version=3)

    found = rollups.found()

    assert ({line(1).id}, True) == (found.moving, found.are_clean)


def test_what_is_counted_between_two_looks_is_nothing(rollups) -> None:
    rollups.sent(1)
    rollups.meanwhile = lambda: count(rollups.rollups, rollups.row(1))

    found = rollups.found()

    assert (frozenset(), True) == (found.moving, found.are_clean)


def test_what_was_counted_as_something_else_is_different_and_is_counted_anew(rollups) -> None:
    wrong = Contribution(bucket=line(1).bucket, amounts={"state#sent": 1})
    (bucket,) = [
        amounts for (b, _), amounts in rollups.rollups.written.items() if b == wrong.bucket
    ]
    bucket["state#requested"] = 2
    bucket["state#sent"] = 1
    bucket["a#423"] = 2
    rollups.rollups.kept[line(1).place, line(1).id] = CountedVersion(
        version=1, contribution=wrong, time=line(1).time
    )

    found = rollups.found()

    assert {
        line(1).id: "counted as something else than the ledger says"
    } == found.wrong_notifications
    assert {} == found.wrong_buckets
    assert 1 == rollups.verify().repair(found)
    assert rollups.found().are_clean


def test_a_bucket_that_holds_something_else_is_different_and_is_given_the_difference(
    rollups,
) -> None:
    (amounts,) = rollups.rollups.written.values()
    amounts |= {"state#requested": 5, "carrier": Decimal("0.5")}

    found = rollups.found()

    assert [{"state#requested": 2, "carrier": Decimal("0.5")}] == list(found.wrong_buckets.values())
    rollups.verify().repair(found)
    assert rollups.found().are_clean


def test_of_two_that_repair_a_bucket_at_once_one_does(rollups) -> None:
    """Both looked before either did anything: the difference is given once."""
    (amounts,) = rollups.rollups.written.values()
    amounts["state#requested"] = 5
    found, also_found = rollups.found(), rollups.found()

    rollups.verify().repair(found)
    rollups.verify().repair(also_found)

    assert rollups.found().are_clean
    (amounts,) = rollups.rollups.buckets([HOUR[:10]]).values()
    assert 3 == amounts["state#requested"]


def test_a_bucket_that_goes_wrong_again_is_corrected_again(rollups) -> None:
    (amounts,) = rollups.rollups.written.values()
    for _ in range(2):
        amounts["state#requested"] += 5
        found = rollups.found()
        assert 1 == found.different
        rollups.verify().repair(found)
        assert rollups.found().are_clean


def test_a_bucket_that_is_being_counted_in_is_not_called_different(rollups) -> None:
    """The looks are no snapshot: what is counted between reading one and the other differs."""
    (amounts,) = rollups.rollups.written.values()
    amounts["state#requested"] = 5
    rollups.sent(2)
    rollups.meanwhile = lambda: count(rollups.rollups, rollups.row(2))

    assert {} == rollups.found().wrong_buckets


def test_a_row_that_is_gone_before_its_time_is_different(rollups) -> None:
    del rollups.ledger.rows[line(1).id]

    assert [line(1).id] == list(rollups.found().wrong_notifications)


def test_a_row_that_retention_removed_has_ended_and_counts_for_ever(rollups) -> None:
    del rollups.ledger.rows[line(1).id]
    rollups.later = RETENTION + timedelta(hours=3)

    found = rollups.found()

    assert (True, 1, 3) == (found.are_clean, found.ended, found.notifications)


def test_what_the_ledger_never_reached_is_different(rollups) -> None:
    count(rollups.rollups, replace(line(1), version=9))

    assert {line(1).id: "counted at a version that the ledger has not reached"} == (
        rollups.found().wrong_notifications
    )


def test_a_charge_that_is_nobodys_has_no_row_and_is_no_difference(rollups) -> None:
    charge = unattributed_charge("m-9", Decimal("0.05"), at=START, country="US")
    count(rollups.rollups, charge)

    assert rollups.found().are_clean


def test_what_was_promised_late_in_an_hour_and_accepted_in_the_next_is_compared_too(
    rollups,
) -> None:
    """Without the next hour's buckets, which hold more than that."""
    rollups.write(5, bucket=line(5).bucket._replace(hour="2026-03-02T10"))
    assert {line(5).id} == set(rollups.found(5).not_yet_counted)

    count(rollups.rollups, rollups.row(5))
    found = rollups.found(5)
    assert found.are_clean
    assert 3 == found.notifications == in_all([_hour(rollups)]).notifications


def test_notifications_are_the_sum_over_the_states_in_the_hours(rollups) -> None:
    """Whatever else is counted in them is none: charges and corrections."""
    rollups.sent(2)
    count(rollups.rollups, rollups.row(2))
    charge = unattributed_charge("m-9", Decimal("0.05"), at=START, country="US")
    count(rollups.rollups, charge)
    (amounts,) = [each for each in rollups.rollups.written.values() if "state#sent" in each]
    amounts["state#sent"] += 1
    rollups.verify().repair(rollups.found())

    found = rollups.found()
    assert found.are_clean
    everything = in_all(rollups.rollups.buckets([HOUR[:10]]).values())
    assert 3 == found.notifications == sum(everything.states.values())


def _hour(rollups: RollupsWorkload) -> Mapping[str, Amount]:
    return next(a for b, a in rollups.rollups.buckets([HOUR[:10]]).items() if b.hour == HOUR)
