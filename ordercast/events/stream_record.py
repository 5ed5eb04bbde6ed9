"""Define a record of the stream, and a parked one with its reason. Used by the relay and redrives."""

from datetime import datetime

import msgspec
from msgspec import Struct

ArrivalSpan = tuple[datetime, datetime]
"""Records that arrived from an instant on, and before another."""


class StreamRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record of the stream, or one event of several in it.

    They share its sequence number. `index` is the place in an aggregate, `document` the place in a
    payload of several JSON documents, both from 0 and None where there is no other.
    """

    sequence_number: str
    index: int | None = None
    document: int | None = None
    partition_key: str | None
    arrived_at: datetime | None
    payload: bytes

    @property
    def position(self) -> str:
        """The position in the stream: `101`, or `101.0`, `101.1`, `101.1.0` within one record."""
        places = [each for each in (self.index, self.document) if each is not None]
        return ".".join([self.sequence_number, *map(str, places)])


class ParkedRecord(Struct, frozen=True, kw_only=True):
    """A record that could not be used; `reason` is a slug, `detail` one line."""

    record: StreamRecord
    reason: str
    detail: str
