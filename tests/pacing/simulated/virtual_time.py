"""Run functions side by side on a simulated clock, one at a time. Used by the simulation of senders.

Each runs in a thread of its own, and only between its waits: what they do has one order, the same
in every run. The longest of them ends when the simulation does.
"""

import heapq
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count


class SimulationOver(BaseException):
    """Ends a thread that still waits when the simulation is over."""


@dataclass(slots=True)
class VirtualTime:
    """A clock that goes on to the next wait's end when everybody waits."""

    now: datetime
    _heap: list[tuple[datetime, int, threading.Semaphore]] = field(default_factory=list)
    _order: count = field(default_factory=count)
    _turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _over: bool = False
    _errors: list[BaseException] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __call__(self) -> datetime:
        """Be a `Clock`."""
        return self.now

    def wait(self, until: datetime) -> None:
        """Let the others run until *until*."""
        if until <= self.now:
            return
        mine = threading.Semaphore(0)
        heapq.heappush(self._heap, (until, next(self._order), mine))
        self._turn.release()
        mine.acquire()
        if self._over:
            raise SimulationOver

    def pause(self, seconds: float) -> None:
        """Let the others run for so long."""
        self.wait(self.now + timedelta(seconds=seconds))

    def start(self, run: Callable[[], None]) -> None:
        """Run *run* beside the others, from now on."""
        mine = threading.Semaphore(0)

        def body() -> None:
            mine.acquire()
            try:
                if not self._over:
                    run()
            except SimulationOver:
                pass
            except BaseException as error:  # noqa: BLE001 - raised again where the simulation is run
                self._errors.append(error)
            self._turn.release()

        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        self._threads.append(thread)
        heapq.heappush(self._heap, (self.now, next(self._order), mine))

    def run(self, until: datetime, *, done: Callable[[], bool] = lambda: False) -> None:
        """Let everybody run until *until*, or until *done*; raises what one of them raised."""
        while self._heap and not self._errors and not done():
            at, _, theirs = self._heap[0]
            if at > until:
                break
            heapq.heappop(self._heap)
            self.now = max(self.now, at)
            theirs.release()
            self._turn.acquire()
        self._over = True
        while self._heap:
            heapq.heappop(self._heap)[2].release()
            self._turn.acquire()
        for thread in self._threads:
            thread.join()
        if self._errors:
            raise self._errors[0]
