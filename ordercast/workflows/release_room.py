"""Measure how much more may be released to the senders' queues. Used by the sweeper and by redriving."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import Struct, field

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.notification import Notification
from ordercast.pacing.ahead import room, time_for, would_expire
from ordercast.pacing.bucket import HIGH_SHARE, rate_of
from ordercast.pacing.send_quota import SendQuota
from ordercast.workflows.ports import Clock, PaceBuckets, WorkQueues

MEASURED = 50
"""Of so many messages of a channel the parts are counted: of all, it would take a release longer than it tells."""

Units = Callable[[Notification], int]
"""Return how many units of the rate a message takes; whatever it raises counts as one."""


class Origination(Struct, frozen=True, kw_only=True):
    """The bucket of a channel, what it may send in units a second, and the stage's `share` of the rate."""

    key: str
    limit: float
    share: float = 1


class Senders(Struct, frozen=True, kw_only=True):
    """What is in front of the senders of all channels."""

    work_queues: WorkQueues
    buckets: PaceBuckets
    originations: Mapping[Channel, Origination]
    units: Units
    now: Clock

    def paces(self) -> dict[Channel, SendQuota]:
        """Return the rate of each channel by now, less where the provider throttles, and how much it takes.

        That is what is left of its day.
        """
        now = self.now()
        found = self.buckets.find({each.key for each in self.originations.values()})
        return {
            channel: SendQuota(
                rate=rate_of(found[each.key], limit=each.limit, now=now),
                left=found[each.key].left,
            )
            if each.key in found
            else SendQuota(rate=each.limit)
            for channel, each in self.originations.items()
        }


class ReleaseRoom(Struct, kw_only=True, dict=True):
    """The room of one invocation, which takes a *share* of it; measured when it is first asked.

    What waits in a queue takes as many units of the rate each as what was asked about, on average.
    Raises `Retryable` where room cannot be measured: then nothing is released.
    """

    senders: Senders
    share: float = 1
    _taken: Counter[Channel] = field(default_factory=Counter)
    _measured: Counter[Channel] = field(default_factory=Counter)
    _units: Counter[Channel] = field(default_factory=Counter)

    def fit(self, rows: Sequence[Notification]) -> list[Notification]:
        """Return the first of *rows*, of each channel, for which there is room; they take none yet."""
        for row in rows:
            self._measure(row)
        left = {channel: self._room(channel) for channel in {row.channel for row in rows}}
        fitting = []
        for row in rows:
            left[row.channel] -= 1
            if left[row.channel] >= 0:
                fitting.append(row)
        return fitting

    def take(self, rows: Iterable[Notification]) -> None:
        """Count *rows* as released."""
        self._taken.update(row.channel for row in rows)

    def ahead(self, channels: Iterable[Channel]) -> int:
        """Return how many messages of *channels* may wait in their queues at most."""
        return sum(room(0, rate=self._rates[channel]) for channel in channels)

    def until_sent(self, row: Notification) -> timedelta:
        """Return how long what waits in the queue of *row* takes to be sent, what was released now too."""
        self._measure(row)
        rate = self._rates[row.channel]
        if row.priority is Priority.HIGH:
            return time_for(self._waiting[row.channel, Priority.HIGH], rate=HIGH_SHARE * rate)
        # The groups beside this one have probably released as much.
        released = self._taken[row.channel] / self.share
        return time_for(self._queued(row.channel) + released, rate=rate)

    def would_expire(self, channel: Channel, expiries: Sequence[datetime], backlog: int) -> int:
        """Estimate how many of this invocation's part of a *backlog* expire before their turn."""
        return would_expire(
            expiries,
            backlog=backlog,
            begins=self.senders.now() + time_for(self._queued(channel), rate=self._rates[channel]),
            rate=self._rates[channel] * self.share,
        )

    def _room(self, channel: Channel) -> int:
        queued, left = self._queued(channel), self._paces[channel].left
        whole = room(queued, rate=self._rates[channel])
        if left is not None:
            # What waits in the queue is going to be sent of the same day.
            whole = min(whole, left - queued)
        return max(0, int(whole * self.share) - self._taken[channel])

    def _queued(self, channel: Channel) -> int:
        return sum(self._waiting.get((channel, priority), 0) for priority in Priority)

    @cached_property
    def _waiting(self) -> Mapping[tuple[Channel, Priority], int]:
        return self.senders.work_queues.waiting()

    @cached_property
    def _paces(self) -> Mapping[Channel, SendQuota]:
        return self.senders.paces()

    @property
    def _rates(self) -> Mapping[Channel, float]:
        """The rate of each channel, in messages a second."""
        return {
            channel: each.rate * self._measured[channel] / self._units[channel]
            if self._measured[channel]
            else each.rate
            for channel, each in self._paces.items()
            if each.rate
        }

    def _measure(self, row: Notification) -> None:
        """Count the units of *row* as well, while few of its channel were measured."""
        if self._measured[row.channel] >= MEASURED:
            return
        self._measured[row.channel] += 1
        try:
            self._units[row.channel] += self.senders.units(row)
        except Exception:  # noqa: BLE001 - its sender meets the template's fault again, and notes it
            self._units[row.channel] += 1
