"""Write the provider's own limits into its bucket, and hold e-mail while its day is full. Used by the sweeper."""

from collections.abc import Sequence

from msgspec import Struct

from ordercast.decisions.lookup import LookupKeys
from ordercast.events.order_event import Channel
from ordercast.sending.outcome import DAILY_QUOTA
from ordercast.workflows.account_trouble import AccountTrouble, Trouble
from ordercast.workflows.ports import Ledger, PaceBuckets, SendQuotas
from ordercast.workflows.release_room import Origination
from ordercast.workflows.sweep.swept import Swept

CHANNEL = Channel.EMAIL
"""The only channel whose provider can be asked."""


class KeepSendQuota(Struct, frozen=True, kw_only=True):
    """Keep the senders within what the provider says of the account, in the Region of `route`.

    None is the stage's own Region.

    The trap is a day that is full: its room returns message by message, so what is released is never
    more than is left, and what waits behind the hold is not probed.
    """

    ledger: Ledger
    quotas: SendQuotas
    buckets: PaceBuckets
    origination: Origination
    account: AccountTrouble
    route: str | None = None

    def __call__(self, shards: Sequence[int], _: Swept) -> bool:
        """Ask once, in the invocation that has the first shard; raises `Retryable`."""
        if 0 not in shards:
            return False
        quota = self.quotas.send_quota()
        most = None if quota.rate is None else quota.rate * self.origination.share
        self.buckets.cap(self.origination.key, most=most, left=quota.left)
        if quota.is_used_up:
            self.account.hold(CHANNEL, Trouble(DAILY_QUOTA, route=self.route))
        elif quota.has_room:
            holds = self.ledger.look_up(LookupKeys(holds=True)).holds
            self.account.ended(CHANNEL, Trouble(DAILY_QUOTA, route=self.route), holds)
        return False
