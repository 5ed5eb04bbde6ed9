"""A record from the stream and, where it cannot be used, the same record with its reason."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRecord:
    """One record as the stream holds it; its position is its sequence number."""

    sequence_number: str
    partition_key: str | None
    arrived_at: datetime | None
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRecord:
    """A record that was not used: a slug for the kind of trouble, one line for the detail."""

    record: StreamRecord
    reason: str
    detail: str
