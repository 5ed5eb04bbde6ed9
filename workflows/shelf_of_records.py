"""Parked records of the stream in, the same records on the stream again out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from notifications.parked import Kind, Parked
from notifications.parking import ParkedRecord, StreamRecord
from workflows.ports import Clock
from workflows.shelf import A_NOTE, DROPPED, REDRIVEN, Notes, Put, Told


class RecordStore(Notes, Protocol):
    """Where the relay parks records."""

    def records(self) -> Iterator[tuple[str, ParkedRecord]]:
        """Return each parked record and where it is kept; a position may come more than once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfOfRecords:
    """Records that the relay could not use, told apart by their position on the stream.

    A record that is put on the stream twice, because we died before the note, is a repetition:
    the mark of its event is obeyed.
    """

    store: RecordStore
    put: Put
    now: Clock
    _kept: dict[str, StreamRecord] = field(default_factory=dict, init=False, repr=False)

    def contents(self) -> Iterator[Parked]:
        """Return what waits, each position once."""
        handled = self.store.handled()
        self._kept.clear()
        for place, parked in self.store.records():
            position = parked.record.position
            if position in handled or position in self._kept:
                continue
            self._kept[position] = parked.record
            yield Parked(
                kind=Kind.RECORD,
                id=position,
                reason=parked.reason,
                detail=parked.detail,
                place=place,
                since=parked.record.arrived_at,
            )

    def payload(self, parked: Parked) -> bytes:
        """Return the record's bytes."""
        return self._kept[parked.id].payload

    def redrive(self, things: Sequence[Parked], *, told: Told) -> int:
        """Put each on the stream again, in the order in which they came."""
        records = sorted((self._kept[each.id] for each in things), key=_place)
        for start in range(0, len(records), A_NOTE):
            chunk = records[start : start + A_NOTE]
            self.put([(key_of(each), each.payload) for each in chunk])
            self._note(chunk, REDRIVEN)
            told(len(chunk))
        return len(records)

    def drop(self, things: Sequence[Parked], *, told: Told) -> int:
        """Note down that nothing is to become of them; the payloads go with their retention."""
        self._note([self._kept[each.id] for each in things], DROPPED)
        told(len(things))
        return len(things)

    def _note(self, records: Sequence[StreamRecord], did: str) -> None:
        if records:
            self.store.note([each.position for each in records], did=did, at=self.now())


def key_of(record: StreamRecord) -> str:
    """Return the key to put a record with: its own, or where it had none its position."""
    return record.partition_key or record.position


def _place(record: StreamRecord) -> tuple[int, int]:
    return int(record.sequence_number), record.index or 0
