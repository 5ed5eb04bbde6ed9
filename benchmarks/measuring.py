"""Count a job's calls and round trips, and time it. Used by the benchmarks."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.aws.stand_in import StandIn
from benchmarks.aws.timetable import Timetable

Job = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Calls by operation, and the number of round trips in sequence."""

    calls: Counter[str]
    round_trips: int

    @property
    def total(self) -> int:
        """All calls."""
        return self.calls.total()


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Wall-clock and processor seconds."""

    wall: float
    cpu: float

    def quicker(self, other: "Times") -> "Times":
        """Return the lower of each: other load only adds."""
        return Times(wall=min(self.wall, other.wall), cpu=min(self.cpu, other.cpu))


def counted(aws: StandIn, job: Job) -> Counts:
    """Do the job on a simulated clock, independent of the machine."""
    timetable = Timetable()
    with _kept(aws, timetable):
        before = aws.calls.copy()
        job()
        return Counts(calls=aws.calls - before, round_trips=timetable.now)


def timed(job: Job) -> Times:
    """Do the job in real time."""
    wall, cpu = time.perf_counter(), time.process_time()
    job()
    return Times(cpu=time.process_time() - cpu, wall=time.perf_counter() - wall)


@contextmanager
def _kept(aws: StandIn, timetable: Timetable) -> Iterator[None]:
    aws.timetable = timetable
    try:
        yield
    finally:
        aws.timetable = None
