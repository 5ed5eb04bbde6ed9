"""Read one value of a field in any form that has one reading. Used by the reading of events.

Each reader returns the value as contract v1 has it, or raises `Unread`.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import quote

from ordercast.events.order_event_fields import (
    SCHEMA_VERSION,
    ChannelWish,
    FallbackWish,
    ItemV1,
    PriorityWish,
)
from ordercast.events.reading.amounts import number
from ordercast.events.reading.spellings import ITEM, sorted_out
from ordercast.events.reading.unread import Unread, shape

Word = TypeVar("Word", bound=str)

MOST_ITEMS = 100
_LONGEST_LINK = 1024
_MOST_OF_AN_ITEM = 1_000_000


def is_blank(value: Any) -> bool:  # noqa: ANN401  (any JSON, here and below)
    """Tell whether a value is a text of nothing, or of blanks."""
    return isinstance(value, str) and not value.strip()


def identifier(value: Any) -> str:  # noqa: ANN401
    """Read an id: a text without the blanks round it, or a whole number, also as 42.0."""
    return _text_or_number(value.strip() if isinstance(value, str) else value, longest=128)


def is_guest(value: Any) -> bool:  # noqa: ANN401
    """Tell whether a customer's id is the number 0, which shops write where there is no customer."""
    return _whole(value) == 0


def _text_or_number(value: Any, *, longest: int) -> str:  # noqa: ANN401
    number = _whole(value)
    return text(value if number is None else str(number), longest=longest)


def _whole(value: Any) -> int | None:  # noqa: ANN401
    """Return a whole number of one reading; a larger one with a point has lost digits."""
    if type(value) is float and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    return value if type(value) is int else None


_EXACT = 2.0**53


def text(value: Any, *, shortest: int = 1, longest: int) -> str:  # noqa: ANN401
    """Read a text of those lengths."""
    if isinstance(value, str) and shortest <= len(value) <= longest:
        return value
    raise Unread(shape(value))


def version(value: Any) -> int:  # noqa: ANN401
    """Read the version of the contract; any but ours is refused, not guessed."""
    if type(value) in {int, float, str} and str(value).removesuffix(".0") == str(SCHEMA_VERSION):
        return SCHEMA_VERSION
    raise Unread("another version" if type(value) is int else shape(value))


def status(value: Any) -> str:  # noqa: ANN401
    """Read a status: a word, or several."""
    if isinstance(value, str) and _STATUS.fullmatch(value.strip()):
        return value.strip()
    raise Unread(shape(value))


def channel(value: Any) -> ChannelWish:  # noqa: ANN401
    """Read a wish of channel: a word, or a list of channels."""
    if isinstance(value, list) and value:
        wished = {_one_of(each, _CHANNELS) for each in value}
        if wished <= {"sms", "email"}:
            return "both" if len(wished) > 1 else wished.pop()
        raise Unread(shape(value))
    return _one_of(value, _CHANNELS)


_CHANNELS: Mapping[str, ChannelWish] = {
    "sms": "sms",
    "email": "email",
    "both": "both",
    "auto": "auto",
}
_PRIORITIES: Mapping[str, PriorityWish] = {"high": "high", "normal": "normal"}


def priority(value: Any) -> PriorityWish:  # noqa: ANN401
    """Read a wish of priority."""
    return _one_of(value, _PRIORITIES)


_FALLBACKS: Mapping[str, FallbackWish] = {"email": "email", "none": "none"}


def fallback(value: Any) -> FallbackWish:  # noqa: ANN401
    """Read a wish of what is sent in place of a text."""
    return _one_of(value, _FALLBACKS)


def _one_of(value: Any, words: Mapping[str, Word]) -> Word:  # noqa: ANN401
    word = re.sub("[ _-]", "", value).lower() if isinstance(value, str) else ""
    if word in words:
        return words[word]
    raise Unread(shape(value))


def link(value: Any) -> str:  # noqa: ANN401
    """Read a link; without `http://` or `https://` it would have two readings."""
    written = value.strip() if isinstance(value, str) else ""
    if _ANY_SCRIPT.fullmatch(written):
        written = quote(written, safe=_ASCII)
    if _LINK.fullmatch(written) and len(written) <= _LONGEST_LINK:
        scheme, _, rest = written.partition(":")
        return f"{scheme.lower()}:{rest}"
    raise Unread(shape(value))


def address(value: Any) -> str:  # noqa: ANN401
    """Read what an address of a contact is; whether it can be used is asked later."""
    return text(value, longest=1024)


def phone(value: Any) -> str:  # noqa: ANN401
    """Read a number, also as digits without quotes; with a point, some may have been rounded away."""
    return address(str(value) if type(value) is int and value > 0 else value)


def locale(value: Any) -> str:  # noqa: ANN401
    """Read what may be a locale; which language it is, is asked when a message is rendered."""
    return text(value, shortest=2, longest=35)


def time_zone(value: Any) -> str:  # noqa: ANN401
    """Read what may be a time zone; whether there is one of that name is asked later."""
    return text(value, longest=64)


def item(value: Any) -> ItemV1:  # noqa: ANN401
    """Read one line of an order; an unusable `sku` is left out of it."""
    if not isinstance(value, dict):
        return ItemV1(name=text(value, longest=256))
    found = sorted_out(value, ITEM)
    if any(len({repr(each.value) for each in twice}) > 1 for twice in found.values()):
        raise Unread("two different values")
    first = {name: each[0].value for name, each in found.items()}
    if "name" not in first:
        raise Unread("an object without a name")
    quantity = number(first.get("quantity", 1))
    if quantity != int(quantity) or not 1 <= quantity <= _MOST_OF_AN_ITEM:
        raise Unread("a quantity that is no whole number from 1 to 1,000,000")
    return ItemV1(
        name=text(first["name"], longest=256), quantity=int(quantity), sku=_sku(first.get("sku"))
    )


def _sku(value: Any) -> str | None:  # noqa: ANN401
    try:
        return _text_or_number(value, longest=256)
    except Unread:
        return None


def lines(value: Any) -> list[Any]:  # noqa: ANN401
    """Read a list of items; PHP writes a list with gaps as an object with numbers for names."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and value and all(each.isdecimal() for each in value):
        return list(value.values())
    if isinstance(value, str) or (isinstance(value, dict) and sorted_out(value, ITEM)):
        return [value]
    raise Unread(shape(value))


_STATUS = re.compile(r"[^\W\d_][^\x00-\x1f\x7f-\x9f]{0,63}")
# The host must be ASCII; what follows it has one way to be written in ASCII (RFC 3987).
_ANY_SCRIPT = re.compile(r"https?://[!-.0-~]+/[^\x00-\x20\x7f-\xa0\s]*", re.IGNORECASE)
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_LINK = re.compile(r"https?://[!-~]+", re.IGNORECASE)
