"""The protocol of a parked source: list, show, redrive and drop items. Used by `ordercast parked`."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from ordercast.events.stream_record import StreamRecord
from ordercast.parked.item import ParkedItem

REDRIVEN = "redriven"
DROPPED = "dropped"

# Items that are done before they are noted; after a crash in between they are done again.
NOTE_SIZE = 100

ReportProgress = Callable[[int], None]
"""Report how many more items are done, to show progress."""

Put = Callable[[Sequence[tuple[str, bytes]]], object]
"""Put (partition key, payload) pairs on the stream; raises where it does not take them all."""


class Traces(Struct, frozen=True, kw_only=True):
    """What a redriven item can be followed by: records that were put, messages that were published or counted."""

    records: tuple[StreamRecord, ...] = ()
    notification_ids: tuple[str, ...] = ()


class ParkedSource(Protocol):
    """Parked items of one kind. Raises `Retryable` when a service fails.

    Redriving and dropping may be interrupted and repeated: what is done is no longer listed, and
    what is done but not noted is repeated without effect.
    """

    def contents(self) -> Iterator[ParkedItem]:
        """Return what waits, each item once."""
        ...

    def payload(self, parked: ParkedItem) -> bytes:
        """Return its content, which is personal data."""
        ...

    def traces(self, parked: ParkedItem) -> Traces:
        """Return what it can be followed by; ask before it is redriven."""
        ...

    def redrive(self, things: Sequence[ParkedItem], *, progress: ReportProgress) -> int:
        """Process each again; answer how many."""
        ...

    def drop(self, things: Sequence[ParkedItem], *, progress: ReportProgress) -> int:
        """Give each up for good; answer how many."""
        ...


class Notes(Protocol):
    """Notes of what was redriven or dropped; the objects stay until their retention ends."""

    def handled(self) -> set[str]:
        """Return the ids that were redriven or dropped."""
        ...

    def note(self, ids: Sequence[str], *, did: str, at: datetime) -> None:
        """Note that *ids* were redriven or dropped."""
        ...
