"""Send a queue's notifications: claim, call the provider once, settle. Used by the senders."""

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys
from ordercast.errors import Retryable
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.sending.claim import Claim, ClaimStatus
from ordercast.sending.outcome import (
    DAILY_QUOTA,
    BackPressure,
    Outcome,
    Outgoing,
    Settlement,
    limit_attempts,
    settled,
)
from ordercast.sending.routes import Route
from ordercast.sending.send_rules import back_pressured
from ordercast.workflows.account_trouble import AccountTrouble, Trouble
from ordercast.workflows.ports import Clock, Deadline, Ledger, Provider
from ordercast.workflows.send.budgeting import Budgeting, Reserved
from ordercast.workflows.send.checks import Checked, Checks, Ready
from ordercast.workflows.send.claims import Claims
from ordercast.workflows.send.lanes import Lanes
from ordercast.workflows.send.pace import Pace
from ordercast.workflows.send.sent import Sent
from ordercast.workflows.send.settling import Settling

# The longest that a wave may take once its calls begin: provider time-outs and the writes after.
WAVE_TAKES = timedelta(seconds=15)

# How long an invocation waits for room before it gives back what is left.
WAITS = timedelta(seconds=40)

TRIES = 3  # of one message, within an invocation, while the provider takes none

RACES = 50  # for slots, within an invocation, that other senders may win

COMES_BACK = 5
"""So often a message comes from its queue and finds no room; then it waits on the ledger.

There it costs nothing, and no queue counts how often it was received, to give it up in the end.
"""

AT_ONCE = timedelta()


class SendMessages(Struct, frozen=True, kw_only=True):
    """Claim each notification before its provider is called, and settle it afterwards.

    Claims are made in waves just before their calls, so a crash leaves at most one wave in doubt
    (docs/decisions/0010); a claim whose call is not made is released. The trap is the call whose
    answer is lost: it is settled as in doubt, never tried again.

    A wave is of one route, as large as the route's pace has slots for, and each call is made at its
    slot. What the provider does not take for back-pressure is tried again in a later slot, or on
    another route.
    """

    channel: Channel
    ledger: Ledger
    provider: Provider
    lanes: Lanes
    budgeting: Budgeting
    checks: Checks
    claims: Claims
    settling: Settling
    account: AccountTrouble
    now: Clock

    def __call__(self, received: Mapping[str, int], *, time_left: Deadline) -> Sent:
        """Send ids, each with its receive count; raises `Retryable` when a table fails.

        A redelivered batch is continued where it stopped.
        """
        ids = frozenset(received)
        rows = self.ledger.look_up(LookupKeys(notifications=ids)).notifications.values()
        self.settling.record_sent_before(rows)
        waiting = deque(r for r in rows if r.channel is self.channel and r.state is State.REQUESTED)
        sent = Sent(skipped=len(ids) - len(waiting))
        tries: Counter[str] = Counter()
        give_up: list[Notification] = []
        give_back_at = self.now() + WAITS
        for _ in range(len(waiting) * TRIES + RACES):
            route = self._room(waiting, give_back_at, sent, time_left) if waiting else None
            if route is None:
                break
            started = self.now()
            checked = self.checks(self.lanes.take(waiting, route), route, received, sent)
            unfit, refused = self._send(checked, sent, time_left, started)
            waiting.extendleft(reversed([*checked.moved, *unfit]))
            tries.update(row.id for row in refused)
            waiting.extend(row for row in refused if tries[row.id] < TRIES)
            give_up += [row for row in refused if tries[row.id] >= TRIES]
        self._later([*give_up, *waiting], received, sent)
        return sent

    def _later(self, rows: Iterable[Notification], received: Mapping[str, int], sent: Sent) -> None:
        """Give rows back to the queue until there is room, or to the ledger if they come again and again."""
        wait = {row.id: (row, self._until_room(row)) for row in rows}
        often = [each for each in wait.values() if received[each[0].id] >= COMES_BACK]
        changes = [(row, back_pressured(row, until=self.now() + until)) for row, until in often]
        written: set[str] = set()
        # They come back as well from the queue.
        with suppress(Retryable):
            written = self.ledger.change(changes)
        sent.settled.update(new.state for row, new in changes if row.id in written)
        sent.retry |= {i: until for i, (_, until) in wait.items() if i not in written}

    def _room(
        self,
        waiting: deque[Notification],
        give_back_at: datetime,
        sent: Sent,
        time_left: Deadline,
    ) -> Route | None:
        """Wait until a route of *waiting* has room, and return it; None if that is too late."""
        route, room = self.lanes.next(waiting, self.now())
        # The clock goes on between both.
        until_room = max(AT_ONCE, room - self.now())
        if self.now() + until_room > give_back_at or time_left() < WAVE_TAKES + until_room:
            return None
        if until_room:
            sent.waited += until_room
            self.lanes.pace(route).wait(self.now() + until_room)
        return route

    def _until_room(self, row: Notification) -> timedelta:
        pace = self.lanes.pace(self.lanes.route_of(row))
        return max(AT_ONCE, pace.until_room(high=_is_high(row)) - self.now())

    def _send(
        self, checked: Checked, sent: Sent, time_left: Deadline, started: datetime
    ) -> tuple[list[Notification], list[Notification]]:
        """Claim, call and settle what there are slots for, in a wave that *started* with its checks.

        Returns what did not fit into the wave or found no slots, and what the provider did not take.
        """
        pace = self.lanes.pace(checked.route)
        reserved, unfit = self._reserve(checked, pace, sent)
        wave, slots = reserved.wave, reserved.slots
        if not wave:
            return unfit, []
        owner = self.claims.token()
        claims = self.claims.claim(wave, owner)
        mine = _rows(claims, ClaimStatus.MINE)
        sent.skipped += len(claims) - len(mine)
        unused = [each.notification for each, request in wave if request.id not in claims]
        if time_left() < WAVE_TAKES + (slots[-1] - self.now()):
            # Claiming took long: to be ended during the calls would leave them all in doubt.
            unused, mine = [*unused, *mine.values()], {}
        self.claims.release(unused, owner)
        sent.retry |= {row.id: AT_ONCE for row in unused}
        outgoing = [
            replace(each, notification=mine[request.id], not_before=slot)
            for (each, request), slot in zip(wave, slots, strict=True)
            if request.id in mine
        ]
        before = self.now() - started
        outcomes = self.provider.send(outgoing)
        settlements = self._settlements(outgoing, outcomes, owner)
        sent.measure((each.outcome for each in settlements), before=before)
        self.settling.settle(settlements, sent)
        refused = self._back_pressure(settlements, pace, sent)
        self.lanes.breakers.note(checked.route, outcomes)
        self.budgeting.give_back(reserved, claims.keys() - _rows(claims, ClaimStatus.MINE).keys())
        self._let_go(settlements)
        # The sender that was faster may have crashed before it recorded its message ids.
        with suppress(Retryable):
            self.settling.record_sent_before(_rows(claims, ClaimStatus.DONE).values())
        # Last, so that a failure with another sender's claims does not hold back ours.
        self.claims.end_lapsed(_rows(claims, ClaimStatus.LAPSED).values())
        return unfit, refused

    def _reserve(
        self, checked: Checked, pace: Pace, sent: Sent
    ) -> tuple[Reserved, list[Notification]]:
        """Draw slots and budgets for as many as a wave has; return these, and for whom there are none."""
        ready = checked.ready
        if not ready:
            return Reserved(slots=[]), []
        ends = _ends(ready)
        # The first one in any case, however many parts it has.
        fit = max(1, bisect_right(ends, pace.wave()))
        high = _is_high(ready[0][0].notification)
        take = partial(pace.take, ends[fit - 1], high=high)
        reserved = self.budgeting.reserve(ready[:fit], checked.limits, take)
        sent.slots += len(reserved.slots)
        rows = [each.notification for each, _ in ready]
        self.checks.hold_over(reserved.over, rows, sent)
        if not reserved.slots:
            return reserved, rows
        begins = [0, *_ends(reserved.wave)[:-1]] if reserved.wave else []
        slots = [reserved.slots[begin] for begin in begins]
        return replace(reserved, slots=slots), rows[fit:]

    def _back_pressure(
        self, settlements: Sequence[Settlement], pace: Pace, sent: Sent
    ) -> list[Notification]:
        """Let the bucket learn from a wave, and hold what the account may not send; return what was not taken."""
        refused = [each for each in settlements if each.outcome.back_pressure]
        sent.back_pressure.update(str(each.outcome.reason) for each in refused)
        sent.refused.update(kind for each in refused if (kind := each.outcome.back_pressure))
        judged = sum(each.outcome.state is not State.IN_DOUBT for each in settlements)
        too_fast = [e for e in refused if e.outcome.back_pressure is BackPressure.RATE]
        # The bucket learns as well from the next wave.
        with suppress(Retryable):
            pace.report(accepted=judged - len(refused), refused=len(too_fast))
        passes = {BackPressure.RATE, BackPressure.OUTAGE}
        troubles = [e for e in refused if e.outcome.back_pressure not in passes]
        # What is left of the batch then meets the hold, or the same answer, which writes it again.
        with suppress(Retryable):
            if troubles:
                self.account.hold(self.channel, *map(_trouble, troubles))
        return [_released(each) for each in refused]

    def _let_go(self, settlements: Sequence[Settlement]) -> None:
        """Let go the holds that a probe has ended; else the probe is held again."""
        probes = [each for each in settlements if each.notification.held_by]
        # The next probe does as well.
        with suppress(Retryable):
            if probes:
                holds = self.ledger.look_up(LookupKeys(holds=True)).holds
                taken = {e.notification.held_by for e in probes if e.outcome.message_id}
                self.account.taken(taken, holds)
                self.lanes.breakers.answered(probes, holds)

    def _settlements(
        self, outgoing: Sequence[Outgoing], outcomes: Sequence[Outcome], owner: str
    ) -> list[Settlement]:
        at = self.now()
        return [
            Settlement(
                notification=each.notification,
                owner=owner,
                outcome=limit_attempts(outcome, each.notification),
                at=at,
            )
            for each, outcome in zip(outgoing, outcomes, strict=True)
        ]


def _ends(ready: Sequence[Ready]) -> list[int]:
    """Return after how many units each message ends."""
    return list(accumulate(request.parts or 1 for _, request in ready))


def _rows(claims: Mapping[str, Claim], status: ClaimStatus) -> dict[str, Notification]:
    return {i: claim.row for i, claim in claims.items() if claim.status is status}


def _released(settlement: Settlement) -> Notification:
    """Return the row as the ledger has it after a claim that ended without a judged call."""
    row = settlement.notification
    return replace(settled(row, settlement), version=row.version + 1)


def _trouble(settlement: Settlement) -> Trouble:
    quota = settlement.outcome.back_pressure is BackPressure.QUOTA
    reason = DAILY_QUOTA if quota else str(settlement.outcome.reason)
    return Trouble(reason, settlement.notification.country, settlement.notification.route)


def _is_high(row: Notification) -> bool:
    return row.priority is Priority.HIGH
