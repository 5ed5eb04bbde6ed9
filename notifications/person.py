"""What is known of somebody: how to reach them, what they agreed to, and what has happened since."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time

from notifications.order_event import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """When somebody is not to be disturbed, by the clock where they are; may span midnight."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A customer's record, or what we remember of an address whose owner has none.

    `refusals` gives the reason by channel, and wins over every consent. `paid` holds when each
    notification of the last hour was counted against the cap; `turn` grows with each change of it
    and is 0 while nothing is on record.
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
    paid: Mapping[str, datetime] = field(default_factory=dict)
    turn: int = 0
