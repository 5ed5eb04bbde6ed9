"""Define what the reading of an order event gives. Used by both ways to read one."""

from typing import NamedTuple

from ordercast.events.notes import Note
from ordercast.events.order_event_fields import OrderEventV1


class ReadEvent(NamedTuple):
    """An event in the contract's form; `written_link` is the link as written, which identifies."""

    fields: OrderEventV1
    written_link: str | None
    notes: tuple[Note, ...]
