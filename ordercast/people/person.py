"""Define the record of a customer or of an address. Used by routing, the cap and suppressions."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, time

from msgspec import Struct, field
from msgspec.structs import replace

from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification

AGREED = "agreed"

BY_HAND, IMPORTED = "by hand", "imported"
"""The kinds of suppressions that no provider reported: `ordercast suppressions add` and `import`."""


class QuietHours(Struct, frozen=True, kw_only=True):
    """When a person is not to be disturbed, in their own time zone; may span midnight."""

    start: time
    end: time


class Suppression(Struct, frozen=True, kw_only=True):
    """An entry of the suppression list: its reason, and the provider event that is its evidence.

    One that an operator added has the kind BY_HAND or IMPORTED, no message, and who asked for it (`by`).
    """

    channel: Channel
    reason: str
    kind: str
    message_id: str
    at: datetime
    by: str | None = None


class Unsuppression(Struct, frozen=True, kw_only=True):
    """A suppression that an operator removed: its reason, which operator, and when."""

    reason: str
    by: str
    at: datetime


class SoftBounce(Struct, frozen=True, kw_only=True):
    """A message that a mail server refused for now; `address` is a hash."""

    address: str
    at: datetime


class Person(Struct, frozen=True, kw_only=True):
    """The record of a customer, or of an address whose owner has none.

    `refusals` gives the reason by channel, and wins over every consent. `reservations` are the
    slots of the hourly cap by notification id: when each counts, in the last hour or to come.
    `reservations_version` grows with each change of them and is 0 while none is stored.
    `promotions` is what the customer said to promotional messages by channel: AGREED, or the
    reason of the refusal; what is not there is no consent.

    `suppressions` and `unsuppressions` are by address hash; `soft_bounces`, which may become
    suppressions, by message id. `suppressions_version` grows with each change of the three. A shop
    that writes its customers' records must leave these fields alone.

    `forgotten_at` is when the customer was forgotten: only what was refused is kept, until a new event
    or import begins a record anew.
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
    promotions: Mapping[Channel, str] = field(default_factory=dict)
    quiet: QuietHours | None = None
    reservations: Mapping[str, datetime] = field(default_factory=dict)
    reservations_version: int = 0
    suppressions: Mapping[str, Suppression] = field(default_factory=dict)
    soft_bounces: Mapping[str, SoftBounce] = field(default_factory=dict)
    unsuppressions: Mapping[str, Unsuppression] = field(default_factory=dict)
    suppressions_version: int = 0
    forgotten_at: datetime | None = None

    def refusal(
        self, channel: Channel, recipient: str | None, *, promotional: bool = False
    ) -> str | None:
        """Return why nothing, or nothing *promotional*, may be sent on *channel* or to *recipient*.

        None if it may.
        """
        if channel in self.refusals:
            return self.refusals[channel]
        suppression = self.suppressions.get(address_key(recipient)) if recipient else None
        if suppression and suppression.channel is channel:
            return suppression.reason
        answer = self.promotions.get(channel)
        return answer if promotional and answer != AGREED else None

    def agreed_to(self, channel: Channel, *, promotional: bool) -> bool:
        """Tell whether the record has the consent that a message of this class needs."""
        if promotional:
            return self.promotions.get(channel) == AGREED
        return channel in self.consents


def forgotten(person: Person, *, at: datetime) -> Person:
    """Return what is kept of a customer who is forgotten: what was refused, and what providers reported.

    That no channel was chosen is a refusal too. What was agreed to ends with the relation.
    """
    return replace(
        person,
        customer_id=None,
        shop=None,
        email=None,
        phone=None,
        locale=None,
        country=None,
        time_zone=None,
        channels=() if person.channels == () else None,
        consents=frozenset(),
        promotions={c: said for c, said in person.promotions.items() if said != AGREED},
        quiet=None,
        forgotten_at=at,
    )


def without_contact(person: Person, addresses: AbstractSet[str]) -> Person:
    """Return *person* without the contacts that are among *addresses* (hashes)."""
    return replace(
        person,
        email=None if person.email and address_key(person.email) in addresses else person.email,
        phone=None if person.phone and address_key(person.phone) in addresses else person.phone,
    )


def address_of(row: Notification) -> str | None:
    """Return the key of the record of *row*'s recipient, also of one who is forgotten."""
    if row.forgotten:
        return row.forgotten.address
    return address_key(row.recipient) if row.recipient else None


def customer_of(row: Notification) -> str | None:
    """Return the key of the record of *row*'s customer, also of one who is forgotten."""
    if row.forgotten:
        return row.forgotten.customer
    if row.customer_id is None:
        return None
    return customer_key(shop=row.order.shop, customer_id=row.customer_id)


def people_for(row: Notification) -> frozenset[str]:
    """Return the keys of the records of *row*'s customer and recipient."""
    return frozenset(key for key in (address_of(row), customer_of(row)) if key)
