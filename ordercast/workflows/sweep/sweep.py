"""Do rounds of the sweeper's workflows in turn until nothing is due or time is up. Used by the sweeper."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from ordercast.events.order_event import Priority
from ordercast.sending.due_partitions import SHARDS, WHENEVER, deferrals, held_behind, looks
from ordercast.workflows.ports import Clock, Deadline, Ledger
from ordercast.workflows.release_room import ReleaseRoom, Senders
from ordercast.workflows.sweep.keep_budgets import KeepBudgets
from ordercast.workflows.sweep.keep_reputation import KeepReputation
from ordercast.workflows.sweep.keep_send_quota import KeepSendQuota
from ordercast.workflows.sweep.look_at_due import LookAtDue
from ordercast.workflows.sweep.release_deferred import ReleaseDeferred
from ordercast.workflows.sweep.sweep_holds import SweepHolds
from ordercast.workflows.sweep.swept import Swept
from ordercast.workflows.sweep_receipts import SweepReceipts

Round = Callable[[], bool]
"""One bounded round; answers whether there may be more to do."""

ROUND_TAKES = timedelta(seconds=10)
"""The longest that a round may take: what is left when the last one begins."""

MOST_ROUNDS = 1000
"""Of all workflows together; more than fit into an invocation."""

COUNTED = 100_000
"""So many due rows of a partition are counted; reading more would cost more than it tells."""


class Sweep(Struct, frozen=True, kw_only=True):
    """The workflows of one invocation.

    The trap is a slow one: what it is slow for, a provider that hangs for example, takes the time of
    all after it, minute after minute. So each minute another workflow is the first.
    """

    ledger: Ledger
    receipts: SweepReceipts
    look: LookAtDue
    release: ReleaseDeferred
    holds: SweepHolds
    quotas: Sequence[KeepSendQuota]  # of each Region
    reputation: KeepReputation
    budgets: KeepBudgets
    senders: Senders
    now: Clock

    def __call__(
        self, swept: Swept, shards: Sequence[int] = SHARDS, *, time_left: Deadline
    ) -> None:
        """Do rounds over *shards* until nothing is due or time is up, and add it to *swept*.

        Groups of shards that are swept side by side share the room of the senders' queues.
        Raises `Retryable` when a round fails, after all others, and what is left due is counted.
        """
        room = ReleaseRoom(senders=self.senders, share=len(shards) / len(SHARDS))
        asks: list[Round] = [
            *(partial(each, shards, swept) for each in self.quotas),
            partial(self.reputation, shards, swept),
        ]
        rounds: list[Round] = [
            partial(self.look, looks(shards), swept, room),
            partial(self._release, shards, swept, room),
            partial(self.receipts, shards, swept),
            partial(self.budgets, shards, swept, room),
            partial(self.holds, shards, swept, room),
        ]
        try:
            take_turns(in_turn(asks, rounds, self.now()), time_left=time_left)
        finally:
            self._count(shards, swept, room)

    def _release(self, shards: Sequence[int], swept: Swept, room: ReleaseRoom) -> bool:
        """Release high priority, and normal once no more of high is due."""
        return any(
            self.release(deferrals(shards, priorities=[priority]), swept, room)
            for priority in (Priority.HIGH, Priority.NORMAL)
        )

    def _count(self, shards: Sequence[int], swept: Swept, room: ReleaseRoom) -> None:
        """Count what is due and was not taken, and what of it will expire."""
        now = self.now()
        partitions = [*looks(shards), *deferrals(shards)]
        backlog = self.ledger.backlog(partitions, until=now, at_most=COUNTED)
        swept.waits = now - min((each.oldest for each in backlog.values()), default=now)
        if swept.let_go:
            # What they held is due as well, by whatever time it expires.
            behind = held_behind(swept.let_go, shards)
            backlog |= self.ledger.backlog(behind, until=WHENEVER, at_most=COUNTED)
        swept.backlog = sum(each.rows for each in backlog.values())
        for channel in {channel for channel, _ in swept.without_room}:
            expiries = [
                each
                for held in (False, True)
                for each in swept.without_room.get((channel, held), ())
            ]
            waiting = [
                *deferrals(shards, channels=[channel]),
                *held_behind(swept.let_go, shards, [channel]),
            ]
            rows = sum(backlog[each].rows for each in waiting if each in backlog)
            late = room.would_expire(channel, expiries, rows)
            swept.would_expire |= {channel: late} if late else {}
        swept.is_counted = True


def in_turn(asks: Sequence[Round], rounds: Sequence[Round], now: datetime) -> list[Round]:
    """Return *asks* and *rounds* in the order of this minute: every other one begins with another of *rounds*.

    In even minutes what the provider allows is asked first, so that a release goes by that.
    """
    begins = now.minute // 2 % len(rounds)
    rotated = [*rounds[begins:], *rounds[:begins]]
    return [*rotated, *asks] if now.minute % 2 else [*asks, *rotated]


def take_turns(rounds: Iterable[Round], *, time_left: Deadline) -> None:
    """Do a round of each in turn, so that a backlog of one holds up no other.

    One that raises is not tried again, and its error is raised when the others are done.
    """
    waiting, errors = deque(rounds), []
    for _ in range(MOST_ROUNDS):
        if not waiting or time_left() < ROUND_TAKES:
            break
        each = waiting.popleft()
        try:
            if each():
                waiting.append(each)
        except Exception as error:  # noqa: BLE001 - a failure of one must not hold up the others
            errors.append(error)
    if errors:
        raise errors[0]
