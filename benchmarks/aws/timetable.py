"""Simulate the clock of concurrent calls, in whole round trips. Used to count round trips."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

_Out = TypeVar("_Out")


class Timetable:
    """A clock in round trips: only calls take time."""

    def __init__(self) -> None:
        self.now = 0

    def round_trip(self) -> None:
        """Advance by one call."""
        self.now += 1


class Workers(Executor):
    """A pool that runs each job where it is submitted, at the time of the first free worker.

    The trap in counting round trips with a stopwatch is that threads start their calls one after
    another, the later ones after the first answers: the depth would be the machine's, not ours.
    """

    def __init__(self, workers: int, timetable: Timetable) -> None:
        self._timetable = timetable
        self._free = [0] * workers

    def submit(self, fn: Callable[..., _Out], /, *args: Any, **kwargs: Any) -> Future[_Out]:  # noqa: ANN401 - as `Executor` has it
        """Run *fn* as soon as a worker is free, then restore the clock."""
        timetable = self._timetable
        submitted = timetable.now
        worker = min(range(len(self._free)), key=self._free.__getitem__)
        timetable.now = max(submitted, self._free[worker])
        done: _Done[_Out] = _Done(timetable)
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a Future carries every exception
            done.set_exception(error)
        self._free[worker] = done.at = timetable.now
        timetable.now = submitted
        return done


class _Done(Future[_Out]):
    """A job that is done; waiting for its result advances the clock to its end."""

    def __init__(self, timetable: Timetable) -> None:
        super().__init__()
        self._timetable = timetable
        self.at = 0

    def result(self, timeout: float | None = None) -> _Out:
        """Return the result, at its time at the earliest."""
        self._timetable.now = max(self._timetable.now, self.at)
        return super().result(timeout)
