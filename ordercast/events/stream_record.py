"""A record from the stream and, where it cannot be used, the same record with its reason."""

from dataclasses import dataclass
from datetime import datetime

import msgspec


class StreamRecord(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One record as the stream holds it, or one part of an aggregate that it holds.

    The parts of an aggregate share its sequence number and are told apart by `index`, from 0 on;
    a record that was put by itself has none.
    """

    sequence_number: str
    index: int | None = None
    partition_key: str | None
    arrived_at: datetime | None
    payload: bytes

    @property
    def position(self) -> str:
        """Where it stands in the stream: `101`, or `101.0`, `101.1` for the parts of one record."""
        return (
            self.sequence_number if self.index is None else f"{self.sequence_number}.{self.index}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRecord:
    """A record that was not used: a slug for the kind of trouble, one line for the detail."""

    record: StreamRecord
    reason: str
    detail: str
