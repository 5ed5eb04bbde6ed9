"""Read a file of order events and check each of them. Used by `ordercast put`."""

import json
from dataclasses import dataclass
from pathlib import Path

from ordercast.errors import MalformedOrderEvent
from ordercast.events.order_event import OrderEvent, parse_order_event
from ordercast.producer import NO_CURRENCY, TOO_LARGE, fits


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event of a file: its place, its bytes, and the parsed event or its problem."""

    place: str
    payload: bytes
    event: OrderEvent | None
    problem: str | None = None


def read_rows(content: bytes) -> list[EventRow]:
    """Read JSON Lines, one JSON object, or an array of them; every event is checked by itself."""
    whole = _json(content)
    if isinstance(whole, list):
        return [
            _row(f"event {place}", json.dumps(each).encode())
            for place, each in enumerate(whole, start=1)
        ]
    if isinstance(whole, dict):
        return [_row("event 1", content)]
    lines = enumerate(content.splitlines(), start=1)
    return [_row(f"line {place}", line) for place, line in lines if line.strip()]


def read_file(path: str) -> bytes:
    """Return the bytes of a file, or of standard input where its name is `-`."""
    return Path("/dev/stdin" if path == "-" else path).read_bytes()


def _row(place: str, payload: bytes) -> EventRow:
    try:
        event = parse_order_event(payload, default_currency=NO_CURRENCY)
    except MalformedOrderEvent as error:
        return EventRow(place=place, payload=payload, event=None, problem=str(error))
    problem = None if fits(event.order_id, payload) else TOO_LARGE
    return EventRow(place=place, payload=payload, event=event, problem=problem)


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None  # then these are lines, which are checked one by one
