"""What is known of somebody: how to reach them, what they agreed to, and what has happened since."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """When somebody is not to be disturbed, by the clock where they are; may span midnight."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A refusal that a provider told us of: for which reason, and by which event of which message."""

    channel: Channel
    reason: str
    kind: str
    message_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsuppression:
    """A refusal that was learnt and holds no longer: its reason, and by whose word, since when."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftBounce:
    """A message that a mail server did not take, of an address (its hash) that may well exist."""

    address: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer's record, or what we remember of an address whose owner has none.

    `refusals` gives the reason by channel, and wins over every consent. `paid` holds when each
    notification counts against the cap, within the last hour or yet to come; `turn` grows with each change of it
    and is 0 while nothing is on record.

    `learnt` is what providers told us, by the hash of the address it is true of, and
    `soft_bounces` what may yet become a refusal, by message id; `lifted` tells of what an operator
    has lifted since, by address too. `lessons` grows with each change of the three. Whoever writes
    the record leaves them alone.
    """

    key: str
    customer_id: str | None = None
    shop: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    country: str | None = None
    time_zone: str | None = None
    channels: tuple[Channel, ...] | None = None
    consents: frozenset[Channel] = frozenset()
    refusals: Mapping[Channel, str] = field(default_factory=dict)
    quiet: QuietHours | None = None
    reservations: Mapping[str, datetime] = field(default_factory=dict)
    reservations_version: int = 0
    suppressions: Mapping[str, Suppression] = field(default_factory=dict)
    soft_bounces: Mapping[str, SoftBounce] = field(default_factory=dict)
    unsuppressions: Mapping[str, Unsuppression] = field(default_factory=dict)
    suppressions_version: int = 0

    def refusal(self, channel: Channel, recipient: str | None) -> str | None:
        """Return why nothing is to be sent on *channel*, or there to *recipient*; None if it may."""
        if channel in self.refusals:
            return self.refusals[channel]
        suppressions = self.suppressions.get(address_key(recipient)) if recipient else None
        return suppressions.reason if suppressions and suppressions.channel is channel else None
