"""Read a file of order events and check each of them. Used by `ordercast put` and `validate`."""

import sys
from dataclasses import dataclass
from pathlib import Path

from ordercast.errors import MalformedOrderEvent
from ordercast.events.envelope import unwrapped
from ordercast.events.order_event import OrderEvent
from ordercast.events.parse import parse_order_event
from ordercast.events.wrapping.json_texts import JsonText, json_texts
from ordercast.producer import NO_CURRENCY, TOO_LARGE, fits
from ordercast.usage_error import UsageError

FILE_LIMIT = 1024 * 1024 * 1024
"""Bytes of a file of events, unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event of a file: its place, its bytes, and the parsed event or its problem."""

    place: str
    payload: bytes
    event: OrderEvent | None
    problem: str | None = None


def read_rows(content: bytes) -> list[EventRow]:
    """Read the events of a file and check each by itself. Raises `UsageError`, as `read_texts`."""
    return [_row(place, text) for place, text in read_texts(content)]


def read_texts(content: bytes) -> list[tuple[str, bytes]]:
    """Return the place and the JSON of each event: JSON Lines, objects or arrays, also compressed.

    Raises `UsageError` for a file that cannot be unpacked.
    """
    plain, problem = unwrapped(content, FILE_LIMIT)
    if problem:
        raise UsageError(f"the file is not read: {problem[1]}")
    texts = [each for each in json_texts(plain) if each.content.strip() != b"[]"]
    return [(_place(each, len(texts)), each.content) for each in texts]


def _place(text: JsonText, among: int) -> str:
    if text.place is not None or among == 1:
        return f"event {text.place or 1}"
    return f"line {text.line}"


def read_file(path: str) -> bytes:
    """Return the bytes of a file, or of standard input where its name is `-`."""
    # Not /dev/stdin, which cannot be opened where it is a socket, as Node makes it.
    return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()


def _row(place: str, payload: bytes) -> EventRow:
    try:
        event = parse_order_event(payload, default_currency=NO_CURRENCY)
    except MalformedOrderEvent as error:
        return EventRow(place=place, payload=payload, event=None, problem=str(error))
    problem = None if fits(event.order_id, payload) else TOO_LARGE
    return EventRow(place=place, payload=payload, event=event, problem=problem)
