"""Hold e-mail before its provider reviews the account for bounces or complaints. Used by the sweeper."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct, field

from ordercast.decisions.lookup import LookupKeys
from ordercast.events.order_event import Channel
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.pacing.reputation import Reputation, ReputationLimits
from ordercast.workflows.ports import Clock, Ledger
from ordercast.workflows.sweep.swept import Swept

EVERY = timedelta(minutes=10)
"""The provider's rates move slowly, and each look is paid for."""


class Reputations(Protocol):
    """What the provider of e-mails thinks of the account. Raises `ProviderUnavailable`."""

    def reputation(self, *, now: datetime) -> Reputation:
        """Return the account's rates of bounces and complaints, as the provider's reviews have them."""
        ...


class KeepReputation(Struct, kw_only=True):
    """Hold all e-mail while a rate is at its limit, until an operator lets it go.

    The trap is what happens then: the rate only falls by other e-mails, so it is still high. The
    record of the hold, let go, stays until it has fallen, and as long as it is there the rate holds
    nothing again.
    """

    ledger: Ledger
    reputations: Reputations
    limits: ReputationLimits
    is_done: Callable[[Hold, datetime], bool]
    by: str
    now: Clock
    _asked: datetime | None = field(default=None)

    def __call__(self, shards: Sequence[int], _: Swept) -> bool:
        """Ask now and then, in the invocation that has the first shard; raises `Retryable`."""
        now = self.now()
        if 0 not in shards or (self._asked and now - self._asked < EVERY):
            return False
        # The holds before the rates: else a look that heard the old rates, and finds that another one
        # has ended the record for the new ones, would hold everything again.
        holds = self.ledger.look_up(LookupKeys(holds=True)).holds
        reputation = self.reputations.reputation(now=now)
        hold = Hold(
            why=Why.REPUTATION,
            scope=Scope(channel=Channel.EMAIL),
            by=self.by,
            since=now,
            reason=self.limits.exceeded(reputation),
        )
        known = next((each for each in holds if each.id == hold.id), None)
        if hold.reason and known is None:
            self.ledger.hold([hold])
        elif known and self.limits.is_low(reputation) and self.is_done(known, now):
            self.ledger.end_holds([known])
        # Last: what failed is tried again in the next minute.
        self._asked = now
        return False
