"""Define an order event. Used by every layer.

`parse` makes it of a record. Add a field: to `OrderEvent`, as producers write it to
`order_event_fields`, then to `reading/`; `make contract`.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from ordercast.events.notes import Note
from ordercast.events.statuses import STATUSES

if TYPE_CHECKING:
    # Most functions know events by name only: they need not make the structs of what is written.
    from ordercast.events.order_event_fields import ContactV1, FallbackWish, ItemV1


class Channel(StrEnum):
    """A channel of notifications; notifications/channels.py says what each consists of."""

    SMS = "sms"
    EMAIL = "email"


class Priority(StrEnum):
    """Which queue a notification waits in."""

    HIGH = "high"
    NORMAL = "normal"


class Money(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An amount in the currency's main unit."""

    value: Decimal
    currency: str


class OrderEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that happened to an order; `channels` is None if the customer's record decides.

    `written_status` is the shop's own word in lower case: it identifies the event, so that a changed
    table of synonyms decides nothing twice. `status` is what the word means. `written_link` is the
    link as written, also where it cannot be shown: it identifies too. `notes` say what was left out.
    """

    order_id: str
    shop: str | None
    status: str
    written_status: str
    event_id: str | None
    customer_id: str | None
    occurred_at: datetime | None
    amount: Money | None
    items: "tuple[ItemV1, ...]"
    contact: "ContactV1"
    channels: tuple[Channel, ...] | None
    priority_wish: Priority | None
    fallback_wish: "FallbackWish | None" = None
    tracking_url: str | None
    written_link: str | None
    campaign: str | None
    notes: tuple[Note, ...] = ()

    @property
    def priority(self) -> Priority:
        """The shop's wish, else that of the status."""
        known = STATUSES.get(self.status)
        urgent = known is not None and known.urgent
        return self.priority_wish or (Priority.HIGH if urgent else Priority.NORMAL)
