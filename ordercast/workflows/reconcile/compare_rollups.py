"""Compare the rollups of some hours with the ledger, and repair them. Used by `verify` and the verifier."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from ordercast.reconciliation.comparison import Findings, Look, Pair, findings
from ordercast.rollups.counting import corrections
from ordercast.rollups.rollup import (
    Amounts,
    CountedPlaces,
    CountedVersion,
    RollupInput,
    RollupKey,
    hour_of,
)
from ordercast.workflows.count_changes import Count, Rollups
from ordercast.workflows.read_rollups import Buckets
from ordercast.workflows.reconcile.count_charges import CountCharges

INPUTS_A_COMMIT = 400
INPUTS_A_LOOK = 4_000
MOST_DOUBTFUL = 100_000  # notifications, some 3 KB each


class HourlyRollups(Rollups, Buckets, Protocol):
    """Rollups that can be read by the hour, too. Raises `LedgerUnavailable`."""

    def counted(self, places: CountedPlaces) -> dict[str, CountedVersion]:
        """Return the counted version of each notification; *places* is by id."""
        ...

    def counted_pages(self, hour: str) -> Iterator[Mapping[str, CountedVersion]]:
        """Yield, by the page, the counted versions of an hour by notification id."""
        ...

    def counted_partitions(self, hour: str) -> Sequence[str]:
        """Return the partitions of these; each id is in one."""
        ...

    def counted_in(self, partition: str) -> Iterator[Mapping[str, CountedVersion]]:
        """Yield, by the page, those of one partition."""
        ...

    def of_hours(self, hours: Iterable[str]) -> Mapping[RollupKey, Amounts]:
        """Return the rollups of those hours alone."""
        ...


class RollupInputs(Protocol):
    """The countable fields of ledger rows. Raises `LedgerUnavailable`."""

    def rollup_inputs(self, ids: Iterable[str]) -> dict[str, RollupInput]:
        """Return the inputs of those that exist, by id."""
        ...


class CompareRollups(Struct, frozen=True, kw_only=True):
    """Derive the rollups again from the ledger, and compare.

    The counted versions of an hour name the rows to read; *never_counted* names further rows.
    `pause` waits `second_look` between two looks, so that changes under way can arrive; `retention` is
    that of rows. `charges`, if given, are compared with their receipt logs. An hour is read page by
    page; at most `most` doubtful ones are kept for the second look.
    """

    rollups: HourlyRollups
    ledger: RollupInputs
    count: Count
    pause: Callable[[float], None]
    now: Callable[[], datetime]
    second_look: timedelta
    retention: timedelta
    charges: CountCharges | None = None
    most: int = MOST_DOUBTFUL

    def __call__(self, hours: Sequence[str], never_counted: Iterable[str] = ()) -> Findings:
        """Compare the hours; a second look is taken only at what the first finds doubtful."""
        named = frozenset(hours)
        look = self._empty(named)
        for counted, inputs in self._pages(hours, never_counted):
            look.add(counted, inputs)
        held = look.misheld(self._buckets(named))
        if not (look.doubtful or held):
            return findings(look, {}, {}, look.corrected)
        self.pause(self.second_look.total_seconds())
        again = self._again(look.doubtful)
        if not held:
            return findings(look, again, {}, look.corrected)
        sums = self._empty(named)
        for page in self._counted(hours):
            sums.sum_up(page)
        still = sums.misheld(self._buckets(named)) if sums.stamp == look.stamp else {}
        wrong = {
            bucket: amounts for bucket, amounts in still.items() if held.get(bucket) == amounts
        }
        return findings(look, again, wrong, sums.corrected)

    def empty(self, hour: str) -> Look:
        """Return a first look at an hour in which nothing was looked at yet."""
        return self._empty(frozenset([hour]))

    def look_in(self, partition: str, look: Look) -> None:
        """Add a partition of counted versions, and the ledger rows of the same."""
        for counted in self.rollups.counted_in(partition):
            look.add(counted, self._inputs(counted, counted))

    def look_at_uncounted(self, rows: Mapping[str, RollupInput], look: Look) -> None:
        """Add those of *rows*, by id, that were never counted: no partition names them."""
        known = self.rollups.counted({i: row.place for i, row in rows.items()})
        look.add({}, {i: row for i, row in rows.items() if i not in known})

    def look_at_charges(self, hour: str, look: Look) -> None:
        """Add the charges of an hour that must have been counted, and were not."""
        due = self._charges_due([hour])
        if due:
            self.look_at_uncounted(self._inputs(due, {}), look)

    def judge(self, look: Look) -> Findings:
        """Look a second time at the notifications that were doubtful, and at no bucket."""
        if look.doubtful:
            self.pause(self.second_look.total_seconds())
        return findings(look, self._again(look.doubtful), {}, look.corrected)

    def repair(self, found: Findings) -> int:
        """Count what is not counted or wrongly counted; return how many notifications.

        It uses the usual transactions, so nothing is counted twice. Buckets that differ from their
        counted versions get the difference, unless another repair was faster.
        """
        wrong = self._inputs(found.wrong_notifications, {})
        inputs = [*found.not_yet_counted.values(), *wrong.values()]
        repaired = 0
        for start in range(0, len(inputs), INPUTS_A_COMMIT):
            tally = self.count(inputs[start : start + INPUTS_A_COMMIT], again=True)
            repaired += len(tally.entries)
        now = self.now()
        keep_until = int((now + self.retention).timestamp())
        self.rollups.commit(
            corrections(found.wrong_buckets, found.corrected, at=now, keep_until=keep_until),
            writer=0,
        )
        return repaired

    def _charges_due(self, hours: Sequence[str]) -> frozenset[str]:
        return frozenset(self.charges.due(hours)) if self.charges else frozenset()

    def _inputs(
        self, ids: Iterable[str], counted: Mapping[str, CountedVersion]
    ) -> dict[str, RollupInput]:
        wanted = frozenset(ids)
        charges = self.charges.rollup_inputs(wanted, counted) if self.charges else {}
        return {**self.ledger.rollup_inputs(wanted), **charges}

    def _empty(self, hours: frozenset[str]) -> Look:
        kept_since = hour_of(self.now() - self.retention + timedelta(hours=1))
        return Look(hours=hours, kept_since=kept_since, most=self.most)

    def _pages(
        self, hours: Sequence[str], never_counted: Iterable[str]
    ) -> Iterator[tuple[Mapping[str, CountedVersion], Mapping[str, RollupInput]]]:
        """Yield, by the page, counted versions and the ledger rows of the same.

        Counted versions are read first: what is counted is on the ledger by then.
        """
        others = {*never_counted, *self._charges_due(hours)}
        for counted in self._counted(hours):
            others -= counted.keys()
            yield counted, self._inputs(counted, counted)
        while others:
            inputs = self._inputs(
                [others.pop() for _ in range(min(INPUTS_A_LOOK, len(others)))], {}
            )
            # An event decided late in an hour may be accepted early in the next.
            elsewhere = {i: row.place for i, row in inputs.items()}
            yield (self.rollups.counted(elsewhere) if elsewhere else {}), inputs

    def _again(self, doubtful: Mapping[str, Pair]) -> dict[str, Pair]:
        """Read what was doubtful again, in the same order."""
        places = {i: pair.place for i, pair in doubtful.items() if pair.place}
        counted = self.rollups.counted(places) if places else {}
        inputs = self._inputs(doubtful, counted)
        return {i: Pair(counted=counted.get(i), rollup_input=inputs.get(i)) for i in doubtful}

    def _counted(self, hours: Sequence[str]) -> Iterator[Mapping[str, CountedVersion]]:
        for hour in hours:
            yield from self.rollups.counted_pages(hour)

    def _buckets(self, hours: frozenset[str]) -> Mapping[RollupKey, Amounts]:
        return self.rollups.buckets(sorted({hour[:_DAY] for hour in hours}))


_DAY = len("2026-03-02")
