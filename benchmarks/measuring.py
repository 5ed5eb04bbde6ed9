"""Count a job's calls and round trips, and time it. Used by the benchmarks."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.aws.stand_in import StandIn

Job = Callable[[], object]


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


def counted(aws: StandIn, job: Job) -> Counts:
    """Do the job on the simulated clock, independent of the machine."""
    before, began = aws.calls.copy(), aws.timetable.now
    job()
    return Counts(calls=aws.calls - before, round_trips=aws.timetable.now - began)


def timed(job: Job) -> Times:
    """Do the job in real time."""
    wall, cpu = time.perf_counter(), time.process_time()
    job()
    return Times(cpu=time.process_time() - cpu, wall=time.perf_counter() - wall)
