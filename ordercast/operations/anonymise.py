"""Replace personal data in order events, keeping their form and their defects. Used by `ordercast record`.

Within a recording the same person gets the same replacement. It cannot be reversed: the salt is not
stored. Ids of orders and events are kept, so that a replay can look them up; unknown fields are
removed.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any

from ordercast.errors import MalformedOrderEvent
from ordercast.events.wrapping.envelopes import event_in
from ordercast.people.phone_numbers import country_of, e164

SIMULATOR = "@simulator.amazonses.com"

# Numbers reserved for fiction: NANPA's 555-0100 to 0199, PTS's 070-174 06 05 to 06 99,
# ACMA's 0491 570 006 and others. Other countries get an American one.
_AREAS = (206, 212, 213, 303, 305, 312, 404, 415, 503, 512, 602, 617, 702, 713, 720, 801, 907)
_AMERICAN = tuple(f"+1{area}55501{n:02}" for area in _AREAS for n in range(100))
_FICTITIOUS: Mapping[str, Sequence[str]] = {
    "SE": tuple(f"+467017406{n:02}" for n in range(5, 100)),
    "AU": tuple(f"+61491570{n}" for n in ("006", "110", "156", "157", "158", "159", "313", "737")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrub:
    """Replaces personal data; *salt* makes the replacements of a recording unique to it."""

    salt: bytes
    default_country: str

    def event(self, payload: bytes) -> bytes:
        """Return an event's anonymised bytes; if it is no JSON object, letters and digits are masked.

        The envelope of a shipper is left off, with all that it holds.
        """
        try:
            document = json.loads(payload)
        except (ValueError, RecursionError):
            return masked(payload)
        if not isinstance(document, dict):
            return masked(payload)
        with suppress(MalformedOrderEvent):
            document = event_in(document)
        country = _country(document) or self.default_country
        return json.dumps(
            {
                name: self._field(name, value, country)
                for name, value in document.items()
                if name in _FIELDS
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode(errors="surrogatepass")

    def key(self, partition_key: str | None) -> str:
        """Return a replaced partition key, the same for the same key."""
        return f"k-{self._digest('key', partition_key or '')}"

    def hash_key(self, explicit: str) -> str:
        """Return a replaced hash key of 128 bits: the original may be a digest of personal data."""
        usable = explicit.isascii() and explicit.isdecimal() and int(explicit[:_LONGEST]) < _HASHES
        if not usable:
            return masked_text(explicit)
        written = f"hash key\0{explicit}".encode()
        return str(int.from_bytes(blake2b(written, key=self.salt, digest_size=16).digest()))

    def unless_an_address(self, value: str) -> str:
        """Return an id or the name of a tag; it is replaced if it is an address by mistake."""
        return self._email(value) if "@" in value else value

    def tag_value(self, value: str) -> str:
        """Return a tag's value if it is harmless, else a replacement."""
        if value in _HARMLESS or _FEW_DIGITS.fullmatch(value):
            return value
        return self._email(value) if "@" in value else f"t-{self._digest('tag', value)}"

    def _field(self, name: str, value: object, country: str) -> object:
        kind = _FIELDS[name]
        if kind == "contact" and isinstance(value, dict):
            return {n: self._field(n, v, country) for n, v in value.items() if n in _IN_CONTACT}
        if kind == "items" and isinstance(value, list):
            return [self._item(each) for each in value]
        if isinstance(value, str):
            return self._text(kind, value, country)
        # A field of the wrong type keeps its type: the defect is part of the recording.
        return value if kind == "kept" else _shape(value)

    def _text(self, kind: str, value: str, country: str) -> str:
        replace: dict[str, Callable[[str], str]] = {
            "email": self._email,
            "phone": partial(self._phone, country=country),
            "customer": lambda v: f"c-{self._digest('customer', v)}",
            "url": lambda v: f"https://example.com/t/{self._digest('url', v)}",
            "kept": self.unless_an_address,
        }
        return replace.get(kind, masked_text)(value) if value else value

    def _email(self, value: str) -> str:
        if value.endswith(SIMULATOR):
            return value
        name, at, _ = value.partition("@")
        if not at or not name or " " in value.strip():
            return masked_text(value)
        return f"{self._digest('email', value.lower())}@example.com"

    def _phone(self, value: str, *, country: str) -> str:
        number = e164(value, country=country)
        if number is None:
            return masked_text(value)
        numbers = _FICTITIOUS.get(country_of(number) or "", _AMERICAN)
        return numbers[int(self._digest("phone", number), 16) % len(numbers)]

    def _item(self, item: object) -> object:
        if isinstance(item, str):
            return f"Item {self._digest('item', item)[:4]}"
        if not isinstance(item, dict):
            return _shape(item)
        named = {n: self._item(v) if n == "name" else _shape(v) for n, v in item.items()}
        return named | ({"quantity": item["quantity"]} if "quantity" in item else {})

    def _digest(self, kind: str, value: str) -> str:
        written = f"{kind}\0{value}".encode(errors="surrogatepass")
        return blake2b(written, key=self.salt, digest_size=8).hexdigest()


def masked(payload: bytes) -> bytes:
    """Return bytes with letters replaced by x and digits by 0."""
    try:
        return masked_text(payload.decode()).encode()
    except UnicodeDecodeError:
        ascii_masked = re.sub(rb"[0-9]", b"0", re.sub(rb"[A-Za-z]", b"x", payload))
        return re.sub(rb"[\x80-\xff]", b"\x80", ascii_masked)


def masked_text(text: str) -> str:
    """Return text with letters replaced by x and digits by 0."""
    return "".join("0" if c.isdecimal() else "x" if c.isalnum() else c for c in text)


_FIELDS: Mapping[str, str] = {
    **dict.fromkeys(("order_id", "event_id", "status", "occurred_at", "schema_version"), "kept"),
    **dict.fromkeys(("amount", "channel", "priority", "fallback", "campaign", "shop"), "kept"),
    **dict.fromkeys(("orderId", "orderAmount", "timestamp"), "kept"),
    **dict.fromkeys(("locale", "time_zone", "country"), "kept"),
    "customer_id": "customer",
    "contact": "contact",
    "items": "items",
    "tracking_url": "url",
    "customerEmail": "email",
    "phoneNumber": "phone",
    "email": "email",
    "phone": "phone",
}
_IN_CONTACT = frozenset({"email", "phone", "locale", "time_zone", "country"})


def _country(document: Mapping[str, Any]) -> str | None:
    contact = document.get("contact")
    country = contact.get("country") if isinstance(contact, dict) else None
    return country if isinstance(country, str) else None


def _shape(value: object) -> object:
    """Return an empty or masked value of the same type."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return type(value)(0)
    return [_shape(each) for each in value] if isinstance(value, list) else {}


# The number of hash keys of a stream; they are decimal.
_HASHES = 1 << 128
_LONGEST = 40  # digits, more than any hash key has

_HARMLESS = frozenset({"", "true", "false"})
_FEW_DIGITS = re.compile("[0-9]{1,3}")
