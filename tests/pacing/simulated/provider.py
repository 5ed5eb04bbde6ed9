"""A provider that takes so many units a second, and is down at times. Used by the simulation of senders."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ordercast.events.order_event import Priority
from ordercast.sending.outcome import Outcome, Outgoing, accepted, back_pressure
from tests.fakes.clock import START
from tests.pacing.simulated.virtual_time import VirtualTime

SECOND = timedelta(seconds=1)
ANSWER = timedelta(milliseconds=60)
"""How long a call takes. All calls of a wave run side by side."""


@dataclass(slots=True, kw_only=True)
class LimitedProvider:
    """Accepts up to `rate` units in any second, from when it is not `down`; `quota` in all until `quota_until`.

    `taken` counts the calls accepted for each notification, `refused` the refusals by reason.
    """

    time: VirtualTime
    rate: float
    down: Callable[[datetime], bool] = lambda _: False
    quota: Callable[[datetime], float] = lambda _: float("inf")
    taken: Counter[str] = field(default_factory=Counter)
    taken_at: list[tuple[datetime, Priority, timedelta]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    _room: float = 0
    _at: datetime = START - SECOND

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Make each call at its slot."""
        outcomes = []
        for message in messages:
            if message.not_before:
                self.time.wait(message.not_before)
            outcomes.append(self._answer(message))
        self.time.wait(self.time() + ANSWER)
        return outcomes

    def _answer(self, message: Outgoing) -> Outcome:
        now = self.time()
        if self.down(now):
            return self._refuse("EndpointConnectionError")
        if len(self.taken_at) >= self.quota(now):
            return self._refuse("LimitExceededException")
        # A second's worth may come at once, as token buckets of providers allow.
        passed = (now - self._at) / SECOND
        self._room, self._at = min(self.rate, self._room + passed * self.rate), now
        if self._room < 1 - 1e-6:
            return self._refuse("Throttling")
        self._room -= 1
        row = message.notification
        self.taken[row.id] += 1
        self.taken_at.append((now, row.priority, now - row.effective_at))
        return accepted(f"message-{len(self.taken_at)}")

    def _refuse(self, reason: str) -> Outcome:
        self.refused[reason] += 1
        return back_pressure(reason)
