"""Parse a record into an order event: contract v1 with its defaults. Used by the order relay and producers."""

from collections.abc import Mapping
from datetime import MINYEAR, UTC
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ordercast.events.documents import document_in
from ordercast.events.notes import Note
from ordercast.events.order_event import Channel, Money, OrderEvent, Priority
from ordercast.events.order_event_fields import AmountV1, ContactV1, Items, ItemV1
from ordercast.events.reading.document import read_document
from ordercast.events.statuses import DEFAULT_STATUS, canonical

NO_SYNONYMS: Mapping[str, str] = MappingProxyType({})


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
        contact=wire.contact or _NO_CONTACT,
        channels=_CHANNELS[wire.channel],
        priority_wish=wire.priority and Priority(wire.priority),
        fallback_wish=wire.fallback,
        tracking_url=wire.tracking_url,
        written_link=written_link,
        campaign=wire.campaign,
        notes=notes,
    )


_NO_CONTACT = ContactV1()
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
