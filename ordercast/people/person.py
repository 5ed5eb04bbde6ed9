"""Define the record of a customer or of an address. Used by routing, the cap and suppressions."""

from collections.abc import Mapping
from datetime import datetime, time

from msgspec import Struct, field

from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification

AGREED = "agreed"


class QuietHours(Struct, frozen=True, kw_only=True):
    """When a person is not to be disturbed, in their own time zone; may span midnight."""

    start: time
    end: time


class Suppression(Struct, frozen=True, kw_only=True):
    """An entry of the suppression list: its reason, and the provider event that is its evidence."""

    channel: Channel
    reason: str
    kind: str
    message_id: str
    at: datetime


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


def people_for(row: Notification) -> frozenset[str]:
    """Return the keys of the records of *row*'s customer and recipient."""
    keys = {address_key(row.recipient)} if row.recipient else set()
    if row.customer_id is not None:
        keys.add(customer_key(shop=row.order.shop, customer_id=row.customer_id))
    return frozenset(keys)
