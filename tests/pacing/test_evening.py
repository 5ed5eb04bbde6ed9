"""A backlog that pacing moves past 21:00 rests over night, and all of it goes in the morning."""

from collections import deque
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Priority
from ordercast.notifications.lifecycle import State
from ordercast.people.person import QuietHours
from ordercast.sending.outcome import Outcome, Outgoing, accepted
from tests.examples import notification
from tests.fakes.world import World

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
THERE = ZoneInfo("America/Los_Angeles")
RATE = 1
BATCH = 40 * RATE  # as the mapping has it for a slow rate: ordercast/settings/mapping.py
NIGHT = QuietHours(start=time(21), end=time(8))
DAY = timedelta(days=1)


class Evening:
    """An evening and the morning after it: `sent` is when each message went, on the recipient's clock."""

    def __init__(self, world: World, *, since: time) -> None:
        self.world = world
        self.sent: dict[str, datetime] = {}
        self.queue: deque[str] = deque()
        self.hidden: dict[str, datetime] = {}
        world.now.at = datetime.combine(datetime(2026, 3, 2, tzinfo=THERE), since, THERE)
        world.policy = replace(world.policy, quiet=NIGHT)
        world.rate = RATE
        world.provider.answer = self._taken

    def comes(self, messages: int, priority: Priority = Priority.NORMAL) -> None:
        """Let so many messages come at once."""
        first = len(self.world.ledger.rows)
        rows = [
            notification(n, effective_at=self.world.now.at, priority=priority)
            for n in range(first, first + messages)
        ]
        self.world.enter(*rows)
        self.queue += [row.id for row in rows]

    def passes(self, span: timedelta) -> None:
        """Let a sender send, and the sweeper sweep each minute, until that much time has passed."""
        until = self.world.now.at + span
        while self.world.now.at < until:
            self._send()
            if not self.queue:
                self.world.now.at = min(until, self._next())
            self._sweep()

    def _next(self) -> datetime:
        """Return when there is something to do again: the minutes before that would do nothing."""
        due = [row.due_at for row in self.world.rows() if row.due_at]
        minute = self.world.now.at + MINUTE
        return max(minute, min([*due, *self.hidden.values()], default=minute + DAY))

    def _send(self) -> None:
        now = self.world.now.at
        seen = [i for i, at in self.hidden.items() if at <= now]
        self.queue += seen
        for each in seen:
            del self.hidden[each]
        batch = [self.queue.popleft() for _ in range(min(BATCH, len(self.queue)))]
        if batch:
            retry = self.world.send(*batch).retry
            self.hidden |= {i: self.world.now.at + wait for i, wait in retry.items()}

    def _sweep(self) -> None:
        before = len(self.world.notifications_topic.published)
        self.world.sweep()
        self.queue += [n.id for n in self.world.notifications_topic.published[before:]]

    def _taken(self, message: Outgoing) -> Outcome:
        row = message.notification
        assert row.id not in self.sent
        self.sent[row.id] = (message.not_before or self.world.now.at).astimezone(THERE)
        return accepted(f"message-{len(self.sent)}")


WAVE_ENDS = 15 * SECOND
"""What was checked a moment before quiet hours may still be called for (WAVE_TAKES)."""


def at_night(evening: Evening) -> list[datetime]:
    """Return when messages went out in quiet hours."""
    begun = (datetime.combine(datetime(2026, 3, 2, tzinfo=THERE), NIGHT.start) + WAVE_ENDS).time()
    return [at for at in evening.sent.values() if at.time() >= begun or at.time() < NIGHT.end]


@pytest.fixture
def evening(world: World) -> Evening:
    return Evening(world, since=time(20, 50))


def test_what_pacing_moves_into_the_evening_goes_in_the_morning(evening: Evening) -> None:
    """Twice what fits in front of 21:00, at a slow rate: no message is lost or sent at night."""
    room = int(10 * MINUTE / SECOND) * RATE
    evening.comes(2 * room)
    evening.passes(DAY)

    assert [] == at_night(evening)
    assert {State.SENT} == {row.state for row in evening.world.rows()}
    on_the_day = [at for at in evening.sent.values() if at.day == 2]
    assert 0.95 * room <= len(on_the_day) <= 1.05 * room
    # The morning takes no longer than the rate has to.
    morning = datetime(2026, 3, 3, 8, tzinfo=THERE)
    assert max(evening.sent.values()) <= morning + 1.1 * (room / RATE) * SECOND


def test_a_night_makes_nothing_expire_that_could_be_sent(evening: Evening) -> None:
    """Half an hour's worth of messages that live for forty minutes, ten of them on the first day."""
    evening.world.send_within = 40 * MINUTE
    evening.comes(int(30 * MINUTE / SECOND) * RATE)
    evening.passes(DAY)

    assert [] == at_night(evening)
    assert {State.SENT} == {row.state for row in evening.world.rows()}


def test_high_priority_goes_out_at_night_past_all_that_rests(evening: Evening) -> None:
    evening.comes(int(20 * MINUTE / SECOND) * RATE)
    evening.passes(30 * MINUTE)
    resting = len(evening.sent)
    evening.comes(1, Priority.HIGH)
    evening.passes(MINUTE)

    assert resting + 1 == len(evening.sent)
