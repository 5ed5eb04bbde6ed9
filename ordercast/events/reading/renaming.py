"""Give the fields of an order event the contract's names, where that is all there is to do. Used by its reading.

Most events that are not in the recommended form have it but for names, unknown fields and empty
texts: so they are converted at once, too, and only the others are read field by field.
"""

from collections.abc import Mapping
from typing import Any

from ordercast.events.reading.spellings import (
    ADDRESSES,
    CONTACT,
    EVENT,
    ITEM,
    MONEY,
    Spellings,
    plain,
)
from ordercast.events.reading.status_elsewhere import status_elsewhere


def renamed(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return *document* in the contract's names; None where a field is there twice, or a status elsewhere."""
    event = _renamed(document, EVENT)
    if event is None or ("status" not in event and status_elsewhere(document)):
        return None
    for name, spellings in (("contact", CONTACT), ("amount", MONEY)):
        if isinstance(event.get(name), dict):
            part = _renamed(event[name], spellings)
            if part is None:
                return None
            event[name] = part
    if isinstance(event.get("items"), list):
        # An item with a field twice becomes null, which is no item: it will be read by itself.
        event["items"] = [
            _renamed(each, ITEM) if isinstance(each, dict) else each for each in event["items"]
        ]
    return _with_contact(event)


def _renamed(document: Mapping[str, Any], spellings: Spellings) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for name, value in document.items():
        known = spellings.get(name) or spellings.get(plain(name))
        if known is None or value is None or value == "":
            continue
        if known in found:
            return None
        found[known] = value
    return found


def _with_contact(event: dict[str, Any]) -> dict[str, Any] | None:
    """Put what stands beside the order, as in the first earlier shape, where it belongs."""
    if "timestamp" in event and "occurred_at" not in event:
        event["occurred_at"] = event.pop("timestamp")
    beside = {each: event.pop(each) for each in ADDRESSES if each in event}
    if not beside:
        return event
    if beside.keys() == {"country"} and "contact" not in event:
        return None  # a country is nobody
    contact = event.get("contact", {})
    if not isinstance(contact, dict) or not beside.keys().isdisjoint(contact):
        return None
    event["contact"] = contact | beside
    return event
