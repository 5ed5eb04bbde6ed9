"""Compare hour after hour in passes that end in time, and skip none. Used by the verifier.

A pass goes on where the one before it ended: behind the last page of each shard, at the next
partition of counted versions. What was doubtful in a pass is looked at a second time in the same;
between passes only sums are kept, so an hour may be as large as it likes.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from ordercast.reconciliation.comparison import Findings, Look
from ordercast.reconciliation.progress import HourProgress, HourStep
from ordercast.reconciliation.tracing import TracedRecords
from ordercast.rollups.rollup import Amounts, RollupKey, hour_of
from ordercast.workflows.ports import Deadline
from ordercast.workflows.reconcile.compare_rollups import CompareRollups
from ordercast.workflows.reconcile.trace_records import TraceRecords

HOUR = timedelta(hours=1)

RESERVE = timedelta(minutes=3)
"""What a pass needs, above the wait for a second look, to end its part, judge and save."""

WRONG = ("lost", "unentered", "different", "not_yet_counted", "unlisted")
"""The figures that need an operator."""


class KeptProgress(Protocol):
    """How far the comparisons have come. Raises `LedgerUnavailable`."""

    def load(self, age: int) -> HourProgress | None:
        """Return how far the comparison of that age has come; None if it has never begun."""
        ...

    def save(self, progress: HourProgress) -> bool:
        """Put it in the place of the revision before it; answer whether nobody else was faster."""
        ...


class ComparedHour(Struct, frozen=True, kw_only=True):
    """What the passes have found of an hour; `is_over` tells whether there is none to come."""

    age: int
    hour: str
    figures: Mapping[str, int]
    is_over: bool

    @property
    def mismatches(self) -> int:
        """The number of findings that need an operator."""
        return sum(self.figures.get(name, 0) for name in WRONG)


class CompareInPasses(Struct, frozen=True, kw_only=True):
    """Compare each hour once when it is so many hours old, however long that takes."""

    progress: KeptProgress
    rollups: CompareRollups
    records: TraceRecords
    stream_retention: timedelta
    now: Callable[[], datetime]

    def __call__(self, age: int, *, deadline: Deadline) -> ComparedHour | None:
        """Do a pass at the next hour of that *age*, in hours; None where none is due, or another was faster.

        The first part of what is left is done in any case, so that there is no end without it.
        """
        known = self.progress.load(age)
        due = hour_of(self.now() - age * HOUR)
        begun = known or HourProgress(age=age, hour=due)
        if begun.hour > due:
            return None
        made = self.look(begun, deadline=deadline)
        is_over = made.step is HourStep.COMPARED
        kept = HourProgress(age=age, hour=hour_after(made.hour)) if is_over else made
        if not self.progress.save(replace(kept, revision=begun.revision + 1)):
            return None
        return ComparedHour(age=age, hour=made.hour, figures=made.figures, is_over=is_over)

    def look(self, progress: HourProgress, *, deadline: Deadline) -> HourProgress:
        """Go on with an hour from where it stands, as far as there is time for; keeps nothing."""
        return _Pass(of=self, has_time=lambda: self.has_time(deadline))(progress)

    def has_time(self, deadline: Deadline) -> bool:
        """Tell whether another part fits into what is left."""
        return deadline() > RESERVE + self.rollups.second_look


class _Pass(Struct, frozen=True, kw_only=True):
    of: CompareInPasses
    has_time: Callable[[], bool]

    def __call__(self, progress: HourProgress) -> HourProgress:
        """Do step after step while there is time."""
        steps = {
            HourStep.RECORDS: self._records,
            HourStep.NOTIFICATIONS: self._notifications,
            HourStep.BUCKETS: self._buckets,
        }
        while progress.step in steps:
            progress = steps[progress.step](progress)
            if not self.has_time():
                break
        return progress

    def _records(self, progress: HourProgress) -> HourProgress:
        begun = _begin(progress.hour)
        if self.of.now() - begun >= self.of.stream_retention:
            return replace(progress, step=HourStep.NOTIFICATIONS)
        traced, places = TracedRecords(), dict(progress.shards)
        look = self.of.rollups.empty(progress.hour)
        pages = self.of.records.pages(begun, begun + HOUR, traced=traced, places=progress.shards)
        is_over = True
        for shard, place, entered in pages:
            places[shard] = place
            self.of.rollups.look_at_uncounted(entered, look)
            traced.promised.clear()  # an hour's are some hundred megabytes
            if not self.has_time():
                is_over = False
                break
        return replace(
            progress,
            step=HourStep.NOTIFICATIONS if is_over else HourStep.RECORDS,
            shards={} if is_over else places,
            figures=_added(
                progress.figures, figures_of(traced), _judged(self.of.rollups.judge(look))
            ),
        )

    def _notifications(self, progress: HourProgress) -> HourProgress:
        look = self._resumed(progress)
        after = self._partitions(progress, lambda each: self.of.rollups.look_in(each, look))
        if after is None:
            self.of.rollups.look_at_charges(progress.hour, look)
        figures = _added(progress.figures, _judged(self.of.rollups.judge(look)))
        if after is not None:
            return replace(
                progress, partition=after, sums=look.expected, stamp=look.stamp, figures=figures
            )
        held = look.misheld(self._held(progress.hour))
        if not held:
            return replace(progress, step=HourStep.COMPARED, figures=figures)
        return replace(
            progress,
            step=HourStep.BUCKETS,
            figures=figures,
            held=held,
            looked=look.stamp,
            partition=0,
            sums={},
            stamp=0,
        )

    def _buckets(self, progress: HourProgress) -> HourProgress:
        """Add up a second time, and believe what is held too much or too little if nothing has moved."""
        if not progress.partition:
            self.of.rollups.pause(self.of.rollups.second_look.total_seconds())
        look = self._resumed(progress)
        after = self._partitions(progress, lambda each: self._sum_up(each, look))
        if after is not None:
            return replace(progress, partition=after, sums=look.expected, stamp=look.stamp)
        wrong = 0
        if look.stamp == progress.looked:
            still = look.misheld(self._held(progress.hour))
            wrong = sum(progress.held.get(bucket) == each for bucket, each in still.items())
        figures = _added(progress.figures, {"different": wrong})
        return replace(progress, step=HourStep.COMPARED, figures=figures)

    def _partitions(self, progress: HourProgress, look_in: Callable[[str], None]) -> int | None:
        """Look in partition after partition; return the next, or None if that was the last."""
        partitions = self.of.rollups.rollups.counted_partitions(progress.hour)
        for place in range(progress.partition, len(partitions)):
            look_in(partitions[place])
            if place + 1 < len(partitions) and not self.has_time():
                return place + 1
        return None

    def _sum_up(self, partition: str, look: Look) -> None:
        for page in self.of.rollups.rollups.counted_in(partition):
            look.sum_up(page)

    def _resumed(self, progress: HourProgress) -> Look:
        look = self.of.rollups.empty(progress.hour)
        look.expected = {bucket: dict(amounts) for bucket, amounts in progress.sums.items()}
        look.stamp = progress.stamp
        return look

    def _held(self, hour: str) -> Mapping[RollupKey, Amounts]:
        return self.of.rollups.rollups.of_hours([hour])


def figures_of(traced: TracedRecords) -> dict[str, int]:
    """Return what became of records, for a line of the log."""
    return {
        "records": traced.records,
        "accepted": traced.accepted,
        "duplicate": traced.duplicate,
        "stale": traced.stale,
        "parked": traced.parked,
        "waiting": len(traced.waiting),
        "lost": len(traced.lost),
        "unentered": len(traced.unentered),
    }


def _judged(found: Findings) -> dict[str, int]:
    return {
        "notifications": found.notifications,
        "different": found.different,
        "not_yet_counted": len(found.not_yet_counted),
        "moving": len(found.moving),
        "unlisted": found.unlisted,
        "ended": found.ended,
    }


def _added(*figures: Mapping[str, int]) -> dict[str, int]:
    names = dict.fromkeys(chain.from_iterable(figures))
    return {name: sum(each.get(name, 0) for each in figures) for name in names}


def _begin(hour: str) -> datetime:
    return datetime.fromisoformat(f"{hour}:00+00:00")


def hour_after(hour: str) -> str:
    """Return the next hour."""
    return hour_of(_begin(hour) + HOUR)
