"""Define which messages an operator asks for. Used by `messages` and its callers."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ordercast.notifications.failures import FAILURES
from ordercast.notifications.lifecycle import State
from ordercast.rollups.listed import ListedNotification
from ordercast.rollups.rollup import short


class MessageFilter(Struct, frozen=True, kw_only=True):
    """Which messages: an empty field selects all.

    `customer` is a `customer_key` and `address` an `address_key`: filters hold hashes, never what is
    personal. The period is of `effective_at`, from `since` on and before `until`, both with their zone.
    """

    states: frozenset[State] = frozenset()
    rule: str = ""
    channel: str = ""
    country: str = ""
    template: str = ""
    campaign: str = ""
    shop: str = ""
    customer: str = ""
    address: str = ""
    since: datetime
    until: datetime

    @property
    def are_failures(self) -> bool:
        """Whether the ledger's index of failures lists all that are meant."""
        return bool(self.states) and self.states <= FAILURES

    def shortened(self) -> "MessageFilter":
        """Return it with the names of shop and campaign as lists have them."""
        return replace(self, shop=short(self.shop) or "", campaign=short(self.campaign) or "")

    def means(self, row: ListedNotification) -> bool:
        """Tell whether *row* is meant, apart from whose it is; the filter is `shortened`."""
        wanted = (self.rule, self.channel, self.country, self.template, self.campaign, self.shop)
        there = (row.rule, row.channel, row.country, row.template, row.campaign, row.shop)
        return (
            (not self.states or row.state in self.states)
            and all(not want or want == has for want, has in zip(wanted, there, strict=True))
            and self.since <= row.at < self.until
        )
