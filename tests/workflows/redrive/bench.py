"""Build parked sources over fakes and redrive all that they hold. Used by the tests of this folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.workflows.redrive.batches import ParkedBatches
from ordercast.workflows.redrive.source import ParkedSource
from ordercast.workflows.redrive.stream_records import ParkedStreamRecords
from tests.examples import payload
from tests.fakes.clock import START as AT
from tests.fakes.parked_store import CrashPoint, FakeParkedStore, FakeStream


def order(number: int, **changes: Any) -> bytes:
    contact = {"email": f"o-{number}@example.com"}
    names = {"order_id": f"o-{number}", "event_id": f"e-{number}"}
    return payload(**{**names, "channel": "email", "contact": contact} | changes)


def parked(
    position: int, body: bytes, *, index: int | None = None, key: str | None = ""
) -> ParkedRecord:
    """A record that a bug parked, with a key of its own unless another is given."""
    record = StreamRecord(
        sequence_number=str(position),
        index=index,
        partition_key=f"key-{position}" if key == "" else key,
        arrived_at=AT,
        payload=body,
    )
    return ParkedRecord(record=record, reason="bug:KeyError", detail="")


def no_progress(_: int) -> None:
    """Hear of progress."""


def redrive_all(source: ParkedSource) -> int:
    return source.redrive(list(source.contents()), progress=no_progress)


@dataclass
class Bench:
    """Parked records, their store and the stream that it puts them on again."""

    crash_point: CrashPoint = field(default_factory=CrashPoint)
    store: FakeParkedStore = field(default_factory=FakeParkedStore)
    stream: FakeStream = field(default_factory=FakeStream)
    recounted: list[str] = field(default_factory=list)
    republished: list[Mapping[str, Any]] = field(default_factory=list)
    parked_again: int = 0

    def __post_init__(self) -> None:
        self.crash_at(self.crash_point)

    def crash_at(self, crash_point: CrashPoint) -> None:
        """Let whoever redrives die there."""
        self.store.crash_point = self.stream.crash_point = crash_point

    def park_again(self, *, at: int) -> None:
        """Park what was put last, where it now stands on the stream: the fault is not mended."""
        put = self.stream.puts[self.parked_again :]
        self.parked_again = len(self.stream.puts)
        self.store.kept = [
            *self.store.kept,
            *(parked(n, body, key=key) for n, (key, body) in enumerate(put, start=at)),
        ]

    def records(self) -> ParkedStreamRecords:
        return ParkedStreamRecords(store=self.store, put=self.stream.put, now=lambda: AT)

    def batches(self) -> ParkedBatches:
        return ParkedBatches(
            store=self.store,
            put=self.stream.put,
            recount=self.recounted.extend,
            republish=self.republished.extend,
            now=lambda: AT,
        )
