"""Define a record of the stream, and a parked one with its reason. Used by the relay and redrives."""

from dataclasses import dataclass
from datetime import datetime

import msgspec


class StreamRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record of the stream, or one part of an aggregate.

    The parts of an aggregate share its sequence number and differ in `index`, from 0; a plain
    record has None.
    """

    sequence_number: str
    index: int | None = None
    partition_key: str | None
    arrived_at: datetime | None
    payload: bytes

    @property
    def position(self) -> str:
        """The position in the stream: `101`, or `101.0`, `101.1` for the parts of one record."""
        return (
            self.sequence_number if self.index is None else f"{self.sequence_number}.{self.index}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRecord:
    """A record that could not be used; `reason` is a slug, `detail` one line."""

    record: StreamRecord
    reason: str
    detail: str
