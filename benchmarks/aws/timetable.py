"""Simulate the clock of concurrent calls, in whole round trips. Used to count round trips."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Out = TypeVar("_Out")


class Timetable:
    """A clock in round trips: only calls take time."""

    def __init__(self) -> None:
        self.now = 0
        self.free: dict[Workers, list[int]] = {}

    def round_trip(self) -> None:
        """Advance by one call."""
        self.now += 1


class Workers(Executor):
    """A thread pool; with a timetable each job runs where it is submitted.

    The trap in counting round trips with a stopwatch is that threads start their calls one after
    another, the later ones after the first answers: the depth would be the machine's, not ours.
    """

    def __init__(self, workers: int, timetable: "Callable[[], Timetable | None]") -> None:
        self._workers = workers
        self._timetable = timetable
        self._pool = ThreadPoolExecutor(workers)

    def submit(self, fn: "Callable[..., _Out]", /, *args: Any, **kwargs: Any) -> "Future[_Out]":  # noqa: ANN401 - as `Executor` has it
        """Run *fn* as soon as a worker is free."""
        timetable = self._timetable()
        if timetable is None:
            return self._pool.submit(fn, *args, **kwargs)
        done: _Done[_Out] = _Done(timetable)
        with self._worker(timetable):
            try:
                done.set_result(fn(*args, **kwargs))
            except Exception as error:  # noqa: BLE001 - a Future carries every exception
                done.set_exception(error)
            done.at = timetable.now
        return done

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as `Executor` has it
        """End the threads."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    @contextmanager
    def _worker(self, timetable: Timetable) -> "Iterator[None]":
        """Run a job at the time of the first free worker, then restore the clock."""
        free = timetable.free.setdefault(self, [0] * self._workers)
        submitted = timetable.now
        place = min(range(len(free)), key=free.__getitem__)
        timetable.now = max(submitted, free[place])
        yield
        free[place], timetable.now = timetable.now, submitted


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
