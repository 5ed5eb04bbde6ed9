"""Parse a record into an order event: contract v1 with its defaults. Used by the order relay.

Add a field: to `OrderEvent`, as producers write it to `order_event_fields`, then to `reading/`;
`make contract`.
"""

from collections.abc import Mapping
from datetime import MINYEAR, UTC, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import msgspec

from ordercast.events.documents import document_in
from ordercast.events.notes import Note
from ordercast.events.order_event_fields import AmountV1, ContactV1, FallbackWish, Items, ItemV1
from ordercast.events.reading.document import read_document
from ordercast.events.statuses import DEFAULT_STATUS, STATUSES, canonical


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


Contact = ContactV1
"""How to reach the customer, as the shop wrote it."""

NO_CONTACT = Contact()
NO_SYNONYMS: Mapping[str, str] = MappingProxyType({})


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
    items: tuple[ItemV1, ...]
    contact: Contact
    channels: tuple[Channel, ...] | None
    priority_wish: Priority | None
    fallback_wish: FallbackWish | None = None
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


def parse_order_event(
    payload: bytes, *, default_currency: str, synonyms: Mapping[str, str] = NO_SYNONYMS
) -> OrderEvent:
    """Read one record's bytes; raises `MalformedOrderEvent`, naming the field.

    *synonyms* are the stage's own words for statuses (`status_synonyms` in stages/*.toml).
    """
    document = document_in(payload)
    return order_event_of(document, default_currency=default_currency, synonyms=synonyms)


def order_event_of(
    document: Mapping[str, Any], *, default_currency: str, synonyms: Mapping[str, str] = NO_SYNONYMS
) -> OrderEvent:
    """Read one JSON object; as `parse_order_event`."""
    wire, written_link, notes = read_document(document, default_currency=default_currency)
    written = wire.status or DEFAULT_STATUS
    occurred_at = wire.occurred_at and wire.occurred_at.astimezone(UTC)
    if occurred_at and occurred_at.year == MINYEAR:
        occurred_at, notes = None, (*notes, _NEVER_SET)
    return OrderEvent(
        order_id=wire.order_id,
        shop=wire.shop,
        status=canonical(written, synonyms=synonyms),
        written_status=written.lower(),
        event_id=wire.event_id,
        customer_id=wire.customer_id,
        occurred_at=occurred_at,
        amount=_money(wire.amount, default_currency),
        items=_items(wire.items),
        contact=wire.contact or NO_CONTACT,
        channels=_CHANNELS[wire.channel],
        priority_wish=wire.priority and Priority(wire.priority),
        fallback_wish=wire.fallback,
        tracking_url=wire.tracking_url,
        written_link=written_link,
        campaign=wire.campaign,
        notes=notes,
    )


_NEVER_SET = Note("occurred_at", "left out: the time that Go and .NET write where none was set")


def _money(amount: AmountV1 | None, default_currency: str) -> Money | None:
    if amount is None:
        return None
    if isinstance(amount, float):
        # repr gives 42.1, not the binary 42.10000000000000142; rounded, because a shop that adds
        # binary fractions sends 59.970000000000006. Adding 0.0 removes the sign of -0.0.
        return Money(value=Decimal(repr(round(amount, 6) + 0.0)), currency=default_currency)
    return Money(value=Decimal(amount.value), currency=amount.currency)


def _items(items: Items | None) -> tuple[ItemV1, ...]:
    return tuple([ItemV1(name=item) if isinstance(item, str) else item for item in items or ()])


_CHANNELS = {
    None: None,
    "auto": None,
    "both": (Channel.SMS, Channel.EMAIL),
    "sms": (Channel.SMS,),
    "email": (Channel.EMAIL,),
}
