"""Release what waits behind holds that were let go, and close what expires behind others. Used by the sweeper."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ordercast.decisions.lookup import LookupKeys
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.providers import PROVIDERS
from ordercast.pacing.holds import OF_THE_ACCOUNT, STALE_VIEW, Hold, Why
from ordercast.rollups.budget_holds import is_over
from ordercast.sending.due_partitions import WHENEVER, held_behind, shard_of
from ordercast.sending.outcome import DAILY_QUOTA
from ordercast.sending.routes import Route
from ordercast.workflows.ports import Clock, Ledger
from ordercast.workflows.release_room import ReleaseRoom
from ordercast.workflows.sweep.probe_holds import ProbeHolds
from ordercast.workflows.sweep.release_deferred import ReleaseDeferred
from ordercast.workflows.sweep.swept import Swept

HOLDS_A_ROUND = 10
"""Behind how many active holds a round looks for what has expired: each is a query a shard."""


JUST_NOW = timedelta(minutes=2)
"""So long after a route was opened again, what waits for others is released as well: two rounds see it."""


class SweepHolds(Struct, frozen=True, kw_only=True):
    """Walk the partitions of the holds, and probe those that the provider can end.

    One that was let go is `kept` so long, and as long as something waits behind it. One for money
    is let go when its period is over and nothing waits behind it: a period that is over gets no
    room any more. Of several groups of shards, one probes a hold and ends it.
    """

    ledger: Ledger
    release: ReleaseDeferred
    probe: ProbeHolds
    now: Clock
    kept: timedelta = STALE_VIEW

    def __call__(self, shards: Sequence[int], swept: Swept, room: ReleaseRoom) -> bool:
        """Do one bounded round; return whether there may be more. Raises `Retryable`."""
        now = self.now()
        holds = self.ledger.look_up(LookupKeys(holds=True)).holds
        swept.account_holds = sum(
            hold.is_active and hold.why in OF_THE_ACCOUNT and hold.reason != DAILY_QUOTA
            for hold in holds
        )
        swept.open_breakers = _open_breakers(holds)
        released = [hold for hold in holds if not hold.is_active]
        active = [hold for hold in holds if hold.is_active]
        swept.let_go = [hold.id for hold in [*released, *_rechosen(active, released, now)]]
        in_turn = _in_turn(active, now)
        more = self._walk(swept.let_go, shards, swept, room)
        expired = self.release(held_behind([each.id for each in in_turn], shards), swept, room)
        mine = [each for each in holds if shard_of(each.id) in shards]
        # While more is released, it is too early to ask whether nothing is left.
        if not more:
            # That of a bad reputation tells, let go, that an operator has decided.
            ended = [e for e in mine if e.why is not Why.REPUTATION and self.is_done(e, now)]
            self.ledger.end_holds(ended)
        self._let_go_of_periods([each for each in in_turn if each in mine], now)
        if not swept.probed:
            swept.probed = True
            self.probe(mine, active, swept)
        return more or expired

    def _walk(
        self, released: Sequence[str], shards: Sequence[int], swept: Swept, room: ReleaseRoom
    ) -> bool:
        """Release what there is room for; a channel without any holds up no other."""
        more = [self._walk_channel(channel, released, shards, swept, room) for channel in Channel]
        return any(more)

    def _walk_channel(
        self,
        channel: Channel,
        released: Sequence[str],
        shards: Sequence[int],
        swept: Swept,
        room: ReleaseRoom,
    ) -> bool:
        """Release high priority, and normal once no more of high waits."""
        return any(
            self.release(
                held_behind(released, shards, [channel], [priority]), swept, room, until=WHENEVER
            )
            for priority in (Priority.HIGH, Priority.NORMAL)
        )

    def _let_go_of_periods(self, holds: Sequence[Hold], now: datetime) -> None:
        """Let go the holds of periods that are over, once what waited behind them has expired."""
        over = [h.id for h in holds if is_over(h, now=now) and self._is_empty(h)]
        if over:
            self.ledger.let_go(over, at=now)

    def is_done(self, hold: Hold, now: datetime) -> bool:
        """Tell whether nobody can put anything behind *hold* any more, and nothing is there."""
        if hold.released_at is None or now < hold.released_at + self.kept:
            return False
        return self._is_empty(hold)

    def _is_empty(self, hold: Hold) -> bool:
        everywhere = held_behind([hold.id])
        return not self.ledger.due(everywhere, until=WHENEVER, limit=1)


def _open_breakers(holds: Sequence[Hold]) -> Counter[Channel]:
    """Count the routes that breakers close, by channel; not those of providers that are registered no more."""
    keys = [e.scope.route for e in holds if e.is_active and e.why is Why.BREAKER and e.scope.route]
    providers = [PROVIDERS.get(Route.read(key).provider) for key in keys]
    return Counter(each.channel for each in providers if each)


def _rechosen(active: Sequence[Hold], released: Sequence[Hold], now: datetime) -> Sequence[Hold]:
    """Return the holds of routes, while another was let go just now: what waits behind them may take that."""
    just_now = any(
        e.scope.route and e.released_at and e.released_at > now - JUST_NOW for e in released
    )
    return [each for each in active if each.scope.route and just_now]


def _in_turn(holds: Sequence[Hold], now: datetime) -> Sequence[Hold]:
    """Return the holds whose turn it is in this minute."""
    if len(holds) <= HOLDS_A_ROUND:
        return holds
    begins = int(now.timestamp()) // 60 * HOLDS_A_ROUND % len(holds)
    return [*holds, *holds][begins : begins + HOLDS_A_ROUND]
