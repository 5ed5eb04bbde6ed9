"""Say what was found where a field cannot be read, in its producer's words. Used by the readers of fields.

No value is quoted: it goes to logs and to the parked record, and may be a person's.
"""

from typing import Any

from ordercast.events.notes import HELP
from ordercast.events.unreadable_values import Unreadable


class Unread(Exception):
    """A value that has no reading, or two; `found` says what it is."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


def shape(value: Any) -> str:  # noqa: ANN401  (any JSON)
    """Return what *value* is: `a text of 14 characters`, `a number`, `an object`."""
    if isinstance(value, str):
        return f"a text of {len(value)} character{'' if len(value) == 1 else 's'}"
    return value.problem if isinstance(value, Unreadable) else _SHAPES[type(value)]


_SHAPES = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number with a decimal point",
    list: "a list",
    dict: "an object",
}

TAKEN = {
    "order_id": 'text of 1 to 128 characters, such as "1000017"',
    "event_id": 'text of 1 to 128 characters, such as "evt-17"',
    "customer_id": 'text of 1 to 128 characters, such as "c-42"',
    "shop": 'text of 1 to 128 characters, such as "Example Tea"',
    "campaign": 'text of 1 to 128 characters, such as "spring"',
    "schema_version": "1",
    "status": 'a word of up to 64 characters that begins with a letter, such as "shipped"',
    "occurred_at": 'a time with its zone, such as "2026-03-02T09:29:58Z"',
    "contact": 'an object, such as {"email": "name@example.com"}',
    "contact.email": 'an address, such as "name@example.com"',
    "contact.phone": 'a number with its country code, such as "+46701740605"',
    "contact.country": 'a country, such as "SE"',
    "contact.locale": 'a language, such as "en-US"',
    "contact.time_zone": 'a time zone, such as "Europe/Stockholm"',
    "channel": '"sms", "email", "both" or "auto"',
    "priority": '"high" or "normal"',
    "fallback": '"email" or "none"',
    "amount": 'an amount, such as {"value": "42.50", "currency": "USD"}',
    "currency": 'a currency, such as "USD"',
    "items": 'a list, such as ["Teapot", {"name": "Cup", "quantity": 4}]',
    "item": 'a name of up to 256 characters, or such as {"name": "Cup", "quantity": 4}',
    "sku": 'text of 1 to 256 characters, such as "CUP-BLUE"',
    "tracking_url": 'a link in ASCII, such as "https://shop.example.com/orders/1000017"',
}
"""What is taken for each field, with an example; a test holds them to the contract's page."""


def refusal(field: str, found: str, taken: str) -> str:
    """Return the one line of a refusal."""
    return f"{field}: found {found}{HELP}{taken}"
