"""List the fields of an order event that the contract does not name. Used by `ordercast validate --strict`."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from ordercast.events.notes import Note
from ordercast.events.reading.spellings import (
    ADDRESSES,
    CONTACT,
    EVENT,
    ITEM,
    MAY_MEAN,
    MONEY,
    NAME,
    Spellings,
    plain,
    shown,
)
from ordercast.events.unreadable_values import UNKNOWN_FIELD


def unknown_fields(document: Mapping[str, Any]) -> list[Note]:
    """Return each field that is not the contract's own name, and which it may mean.

    Used by `ordercast validate --strict`. The names of other spellings are among them.
    """
    notes = list(_unknown(document, EVENT, _OWN["event"], ""))
    for field, spellings in (("contact", CONTACT), ("amount", MONEY)):
        for name, value in document.items():
            if EVENT.get(plain(name)) == field and isinstance(value, dict):
                notes += _unknown(value, spellings, _OWN[field], f"{shown(name, field)}.")
    items = document.get("items")
    for place, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            notes += _unknown(item, ITEM, _OWN["item"], f"items[{place}].")
    return notes


_OWN = {
    "event": {*EVENT.values()} - {"currency", "timestamp", "email", "phone", "country"},
    "contact": {*CONTACT.values()},
    "amount": {"value", "currency"},
    "item": {*ITEM.values()},
}
_MEANT = {"timestamp": "occurred_at"} | {each: f"contact.{each}" for each in ADDRESSES}


def _unknown(
    document: Mapping[str, Any], spellings: Spellings, own: set[str], within: str
) -> Iterator[Note]:
    for name in document:
        if name in own:
            continue
        field = f"{within}{name if NAME.fullmatch(name) else UNKNOWN_FIELD}"
        if plain(name) in spellings:
            yield Note(field, f"another spelling of {_meant(spellings[plain(name)], within)}")
        elif near := _near(plain(name), spellings, document):
            yield Note(field, f"unknown; did you mean {_meant(near, within)}?")
        else:
            yield Note(field, "unknown, not read")


def _near(name: str, spellings: Spellings, document: Mapping[str, Any]) -> str | None:
    """Return the field that *name* resembles, or may mean where *document* has no other for it."""
    for each in get_close_matches(name, list(spellings), n=3, cutoff=0.8):
        if abs(len(each) - len(name)) <= _MORE:
            return spellings[each]
    meant = MAY_MEAN.get(name) if spellings is EVENT else None
    return None if meant in {spellings.get(plain(each)) for each in document} else meant


_MORE = 2  # letters that one name has more than one that it resembles


def _meant(known: str, within: str) -> str:
    return f"{within}{known}" if within else _MEANT.get(known, known)
