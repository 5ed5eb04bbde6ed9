"""A queue with its event source mapping: batches, concurrency, visibility. Used by the simulation of senders."""

import heapq
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from ordercast.workflows.send.sent import Sent
from tests.pacing.simulated.virtual_time import VirtualTime


class Send(Protocol):
    """An execution environment's sender."""

    def __call__(self, received: Mapping[str, int], time_left: Callable[[], timedelta]) -> Sent:
        """Send a batch of ids with their receive counts."""
        ...


IDLE = 0.5  # seconds between two looks at an empty queue


@dataclass(slots=True, kw_only=True)
class Queue:
    """A queue that at most `concurrency` invocations of `timeout` read, `batch` messages at a time.

    `sender` makes the sender of each, which remembers what it has seen.
    """

    time: VirtualTime
    sender: Callable[[], Send]
    concurrency: int
    batch: int
    timeout: timedelta
    visible: deque[str] = field(default_factory=deque)
    received: Counter[str] = field(default_factory=Counter)
    _hidden: list[tuple[datetime, str]] = field(default_factory=list)
    _at_work: int = 0

    def put(self, notification_id: str) -> None:
        """Publish a notification to the queue."""
        self.visible.append(notification_id)

    @property
    def waiting(self) -> int:
        """How many messages it holds, hidden ones and those at work too."""
        return len(self.visible) + len(self._hidden) + self._at_work

    def start(self) -> None:
        """Start the pollers."""
        for _ in range(self.concurrency):
            self.time.start(partial(self._poll, self.sender()))

    def _poll(self, send: Send) -> None:
        while True:
            self._show()
            batch = [self.visible.popleft() for _ in range(min(self.batch, len(self.visible)))]
            if not batch:
                self.time.pause(IDLE)
                continue
            self.received.update(batch)
            self._at_work += len(batch)
            ends = self.time() + self.timeout
            sent = send({i: self.received[i] for i in batch}, partial(self._left, ends))
            self._at_work -= len(batch)
            for notification_id, wait in sent.retry.items():
                heapq.heappush(self._hidden, (self.time() + wait, notification_id))
            self.time.pause(0.02)

    def _left(self, ends: datetime) -> timedelta:
        return ends - self.time()

    def _show(self) -> None:
        while self._hidden and self._hidden[0][0] <= self.time():
            self.visible.append(heapq.heappop(self._hidden)[1])
