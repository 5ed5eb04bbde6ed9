"""Read a JSON object as an order event, at once where that is possible. Used by the contract.

What has the recommended form but for its names is read at once; all else is read field by field.
"""

from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR
from typing import Any

import msgspec

from ordercast.countries import country_in
from ordercast.events.order_event_fields import SCHEMA_VERSION, AmountV1, MoneyV1, OrderEventV1
from ordercast.events.reading.read_event import ReadEvent
from ordercast.events.reading.renaming import renamed


def read_document(document: Mapping[str, Any], *, default_currency: str) -> ReadEvent:
    """Read *document*. Raises `MalformedOrderEvent`, naming the field as its producer wrote it."""
    event = _at_once(document) or _at_once(renamed(document))
    if event is None:
        # Few events need it, and a relay starts sooner without it.
        from ordercast.events.reading.by_field import read_by_field  # noqa: PLC0415

        return read_by_field(document, default_currency=default_currency)
    return ReadEvent(event, event.tracking_url, ())


def _at_once(document: Mapping[str, Any] | None) -> OrderEventV1 | None:
    """Return an event that needs no look at its fields one by one, and None of any other."""
    try:
        event = msgspec.convert(document, OrderEventV1)
    except msgspec.ValidationError:
        return None
    return event if _is_plain(event) else None


def _is_plain(event: OrderEventV1) -> bool:
    """Tell whether an event that has the contract's form also says nothing that must be looked at."""
    contact, at = event.contact, event.occurred_at
    ids = (event.order_id, event.event_id, event.customer_id, event.shop, event.campaign)
    if contact is None:
        named = event.customer_id is not None
    else:
        country = contact.country
        named = (country is None or country_in(country) == country) and _are_plain(
            contact.email, contact.phone
        )
    in_utc = at is None or MINYEAR < at.year < MAXYEAR
    others = _are_plain(*ids) and _is_certain(event.amount)
    return named and in_utc and others and event.schema_version in {None, SCHEMA_VERSION}


def _is_certain(amount: AmountV1 | None) -> bool:
    """Tell whether an amount has one reading: the point of "1.234" may be of thousands, 4250 cents."""
    if isinstance(amount, MoneyV1):
        return amount.value[-4:-3] != "."
    return amount is None or not amount or amount % 1 != 0


def _are_plain(*texts: str | None) -> bool:
    """Tell whether none of them is empty or has blanks round it."""
    return all(each is None or each.strip() == each != "" for each in texts)
