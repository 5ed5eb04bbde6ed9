"""A provider that takes so many units a second, and is down at times. Used by the simulation of senders."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ordercast.events.order_event import Priority
from ordercast.pacing.send_quota import SendQuota
from ordercast.sending.outcome import (
    BackPressure,
    Outcome,
    Outgoing,
    accepted,
    back_pressure,
)
from tests.fakes.clock import START
from tests.pacing.simulated.virtual_time import VirtualTime

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
COUNTED_LATE = 10_000  # more messages than a minute brings
ANSWER = timedelta(milliseconds=60)
"""How long a call takes. All calls of a wave run side by side."""


@dataclass(slots=True, kw_only=True)
class LimitedProvider:
    """Accepts up to `rate` units in any second, from when it is not `down`, and `quota` in all by now.

    Without a `quota` it says nothing of one. `taken` counts the calls accepted for each notification, `refused` the refusals by reason.
    """

    time: VirtualTime
    rate: float
    down: Callable[[datetime], bool] = lambda _: False
    quota: Callable[[datetime], int] | None = None
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
            return self._refuse("EndpointConnectionError", BackPressure.OUTAGE)
        if self.quota and len(self.taken_at) >= self.quota(now):
            return self._refuse("LimitExceededException", BackPressure.QUOTA)
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

    def send_quota(self) -> SendQuota:
        """Say what is left, as it was counted a minute ago: be the `SendQuotas` too."""
        if self.quota is None:
            return SendQuota()
        counted = sum(at <= self.time() - MINUTE for at, _, _ in self.taken_at[-COUNTED_LATE:])
        late = min(len(self.taken_at), COUNTED_LATE) - counted
        left = self.quota(self.time()) - len(self.taken_at) + late
        return SendQuota(rate=self.rate, left=max(0, left))

    def _refuse(self, reason: str, kind: BackPressure = BackPressure.RATE) -> Outcome:
        self.refused[reason] += 1
        return back_pressure(reason, kind=kind)
