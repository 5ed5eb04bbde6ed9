"""Write JSON with anything changed in it, from real documents. Used by the generators of inputs.

A fuzzer sees nothing of what happens inside msgspec, so its JSON comes from this grammar.
"""

import json
from copy import deepcopy
from typing import Any

from tests.fuzzing.chance import Chance, one_in, one_of

MARKER = "ada.lovelace@example.com"
PHONE = "2065550199"
"""Stand in the inputs for whatever is personal: neither may be printed, logged or repeated."""

PERSONAL = (MARKER, PHONE)

# Written where a document holds them as text, because no Python value is written like this.
_TOKENS = ("1e400", "-0", "1E+2", "NaN", "-Infinity", "9" * 400, r'"\ud83d"', "1.", "tru", "{", "")

_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        10**25,
        0.1,
        1e308,
        -1e-308,
        "",
        " ",
        "\u0000",
        "\u202e",
        "x" * 300,
    ),
    *([], {}, [[]], [None], {"": ""}, "\ud800", "null", "0", "1", MARKER, f"+1{PHONE}", int(PHONE)),
    *([MARKER], {MARKER: PHONE}, {"value": MARKER, "currency": PHONE}, [{"name": PHONE}]),
    *("2026-03-02T09:29:58Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:60Z", 1772443798),
    *(
        "SE",
        "UK",
        "sv-FI",
        "EUR",
        "https://example.com/",
        "javascript:x",
        "both",
        "SHIPPED",
        "42,50",
    ),
)

_NAMES = (
    *("order_id", "orderId", "event_id", "eventId", "status", "occurred_at", "timestamp", "amount"),
    *("contact", "email", "phone", "country", "locale", "time_zone", "items", "name", "quantity"),
    *("customer_id", "customerEmail", "channel", "priority", "tracking_url", "shop", "campaign"),
    *("specversion", "source", "id", "data", "data_base64", "detail", "detail-type", "Message"),
    *("TopicArn", "Type", "body", "eventSource", "messageId", "payload", "schema_version"),
    *(
        "eventType",
        "notificationType",
        "mail",
        "tags",
        "bounce",
        "bounceType",
        "delivery",
        "status",
    ),
    *("", "\ud800", MARKER, PHONE),
)
_WRITABLE = (*(each for each in _NAMES if each.isascii()), *[MARKER] * 8)


def changed(document: Any, chance: Chance) -> Any:
    """Return a copy with up to five changes."""
    document = deepcopy(document)
    for _ in range(chance.below(6)):
        document = _change(document, chance)
    return document


def written(document: Any, chance: Chance) -> str:
    """Return the document as JSON, laid out in some way, perhaps with what is no JSON in it."""
    indent = one_of(chance, (None, None, None, 2, 0))
    text = json.dumps(document, ensure_ascii=not one_in(chance, 3), indent=indent)
    for each in _TOKENS:
        text = text.replace(f'"@@{each}@@"', each)
    if one_in(chance, 20):
        return text.replace("{", f'{{"{one_of(chance, _WRITABLE)}": {one_of(chance, _TOKENS)},', 1)
    return text


def _value(chance: Chance) -> Any:
    if one_in(chance, 12):
        return f"@@{one_of(chance, _TOKENS)}@@"
    return deepcopy(one_of(chance, _VALUES))


def _change(document: Any, chance: Chance) -> Any:
    places = list(_places(document)) if isinstance(document, dict | list) else []
    if not places:
        return _value(chance)
    holder, key = one_of(chance, places)
    match chance.below(7):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[one_of(chance, _NAMES)] = holder.pop(key)
        case 2:
            holder[key] = [holder[key], _value(chance)]
        case 3:
            holder[key] = {one_of(chance, _NAMES): holder[key]}
        case 4:
            holder[key] = json.dumps(holder[key])
        case 5 if isinstance(holder, dict):
            holder[one_of(chance, _NAMES)] = _value(chance)
        case _:
            holder[key] = _value(chance)
    return document


def _places(document: Any) -> Any:
    """Yield each object or list with a key of it."""
    entries = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in entries:
        yield document, key
        if isinstance(value, dict | list):
            yield from _places(value)
