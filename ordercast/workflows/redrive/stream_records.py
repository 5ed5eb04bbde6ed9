"""Redrive parked stream records: put them on the stream again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from ordercast.events.stream_record import ArrivalSpan, ParkedRecord, StreamRecord
from ordercast.parked.item import Kind, ParkedItem
from ordercast.parked.payload_edit import EditNote, PayloadEdit, newest_by_position
from ordercast.workflows.ports import Clock
from ordercast.workflows.redrive.source import (
    DROPPED,
    NOTE_SIZE,
    REDRIVEN,
    Notes,
    Put,
    ReportProgress,
    Traces,
)


class RecordStore(Notes, Protocol):
    """The store in which the relay parks records."""

    def records(self, arrived: ArrivalSpan | None = None) -> Iterator[tuple[str, ParkedRecord]]:
        """Return each parked record and its key, or those that *arrived* in a span and a few others.

        A position may come more than once.
        """
        ...

    def edits(self) -> Iterable[PayloadEdit]:
        """Return each corrected payload; a position may have several, of which the newest holds."""
        ...

    def edit(self, edit: PayloadEdit) -> None:
        """Keep a corrected payload beside those before it."""
        ...


class Copy(NamedTuple):
    """The partition key and payload to put again.

    Records with the same copy hold the same event: one of them is put.
    """

    key: str
    payload: bytes


def copy_of(record: StreamRecord) -> Copy:
    """Return what to put again; a record without a partition key gets its position."""
    return Copy(record.partition_key or record.position, record.payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedStreamRecords:
    """Records that the relay could not use, each distinct copy once.

    A record that is put twice, because of a crash before the note, is a repetition: its stored
    decision stands. One that still cannot be used is parked again at its new position; until both
    are noted they are one item, named by the first position.

    Where an operator has corrected a payload, that is put; the one that was parked stays beside it.
    """

    store: RecordStore
    put: Put
    now: Clock
    _kept: dict[str, "list[_Kept]"] = field(default_factory=dict, init=False, repr=False)

    def contents(self) -> Iterator[ParkedItem]:
        """Return what waits, with its first position and its last reason."""
        handled = self.store.handled()
        edits = newest_by_position(self.store.edits())
        self._kept.clear()
        waiting: dict[Copy, dict[str, _Kept]] = {}
        for place, parked in self.store.records():
            if (position := parked.record.position) not in handled:
                kept = _Kept(place, parked, edits.get(position))
                waiting.setdefault(copy_of(kept.corrected), {})[position] = kept
        for by_position in waiting.values():
            alike = sorted(by_position.values(), key=lambda each: _place(each.parked.record))
            first, last = alike[0].parked.record, alike[-1]
            self._kept[first.position] = alike
            yield ParkedItem(
                kind=Kind.RECORD,
                id=first.position,
                reason=last.parked.reason,
                detail=last.parked.detail,
                place=last.place,
                since=last.parked.record.arrived_at,
                size=len(alike),
                edited=next((each.edit.note for each in alike if each.edit), None),
            )

    def payload(self, parked: ParkedItem) -> bytes:
        """Return the record's bytes, as they were corrected."""
        return self._kept[parked.id][0].corrected.payload

    def first_payload(self, parked: ParkedItem) -> bytes:
        """Return the record's bytes as they were parked."""
        return self._kept[parked.id][0].parked.record.payload

    def edit(self, parked: ParkedItem, payload: bytes, note: EditNote) -> bool:
        """Keep *payload* to be put in place of the record's; tell whether it was another than is kept already."""
        if payload == self.payload(parked):
            return False
        positions = tuple(each.parked.record.position for each in self._kept[parked.id])
        self.store.edit(PayloadEdit(positions=positions, payload=payload, note=note))
        return True

    def traces(self, parked: ParkedItem) -> Traces:
        """Return its records as they are put."""
        return Traces(records=tuple(each.corrected for each in self._kept[parked.id]))

    def redrive(self, things: Sequence[ParkedItem], *, progress: ReportProgress) -> int:
        """Put each on the stream again, in their first order."""
        waiting = sorted(
            ([kept.corrected for kept in self._kept[each.id]] for each in things),
            key=lambda alike: _place(alike[0]),
        )
        for start in range(0, len(waiting), NOTE_SIZE):
            chunk = waiting[start : start + NOTE_SIZE]
            self.put([copy_of(alike[0]) for alike in chunk])
            self._note(chunk, REDRIVEN)
            progress(len(chunk))
        return len(waiting)

    def drop(self, things: Sequence[ParkedItem], *, progress: ReportProgress) -> int:
        """Note each as dropped; the payloads are deleted when their retention ends."""
        self._note([[kept.corrected for kept in self._kept[each.id]] for each in things], DROPPED)
        progress(len(things))
        return len(things)

    def _note(self, waiting: Sequence[Sequence[StreamRecord]], did: str) -> None:
        if positions := [each.position for alike in waiting for each in alike]:
            self.store.note(positions, did=did, at=self.now())


class _Kept(NamedTuple):
    """A record that waits, where it is stored, and what an operator has made of it."""

    place: str
    parked: ParkedRecord
    edit: PayloadEdit | None

    @property
    def corrected(self) -> StreamRecord:
        """Return the record as it is put again."""
        record = self.parked.record
        return replace(record, payload=self.edit.payload) if self.edit else record


def _place(record: StreamRecord) -> tuple[int, int, int]:
    return int(record.sequence_number), record.index or 0, record.document or 0
