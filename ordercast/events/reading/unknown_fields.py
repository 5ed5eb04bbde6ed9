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
        near = get_close_matches(plain(name), list(spellings), n=1)
        if plain(name) in spellings:
            yield Note(field, f"another spelling of {_meant(spellings[plain(name)], within)}")
        elif near:
            yield Note(field, f"unknown; did you mean {_meant(spellings[near[0]], within)}?")
        else:
            yield Note(field, "unknown, not read")


def _meant(known: str, within: str) -> str:
    return f"{within}{known}" if within else _MEANT.get(known, known)
