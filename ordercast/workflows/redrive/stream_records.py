"""Parked records of the stream in, the same records on the stream again out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.parked.item import Kind, ParkedItem
from ordercast.workflows.ports import Clock
from ordercast.workflows.redrive.source import A_NOTE, DROPPED, REDRIVEN, Notes, Put, Report


class RecordStore(Notes, Protocol):
    """Where the relay parks records."""

    def records(self) -> Iterator[tuple[str, ParkedRecord]]:
        """Return each parked record and where it is kept; a position may come more than once."""
        ...


class Copy(NamedTuple):
    """What is put on the stream again: a partition key and a payload.

    Records that would be put as the same copy hold the same event: to put one of them will do.
    """

    key: str
    payload: bytes


def copy_of(record: StreamRecord) -> Copy:
    """Return what to put again, with the record's own key, or where it had none its position."""
    return Copy(record.partition_key or record.position, record.payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedStreamRecords:
    """Records that the relay could not use, each copy of them once.

    A record that is put on the stream twice, because we died before the note, is a repetition: the
    mark of its event is obeyed. One that still cannot be used is parked again, at its new position;
    until both are noted they are one thing, known by the first.
    """

    store: RecordStore
    put: Put
    now: Clock
    _kept: dict[str, list[StreamRecord]] = field(default_factory=dict, init=False, repr=False)

    def contents(self) -> Iterator[ParkedItem]:
        """Return what waits: where it came first, and what was the matter with it last."""
        handled = self.store.handled()
        self._kept.clear()
        waiting: dict[Copy, dict[str, _Kept]] = {}
        for place, parked in self.store.records():
            if (position := parked.record.position) not in handled:
                waiting.setdefault(copy_of(parked.record), {})[position] = _Kept(place, parked)
        for by_position in waiting.values():
            alike = sorted(by_position.values(), key=lambda each: _place(each.parked.record))
            first, last = alike[0].parked.record, alike[-1]
            self._kept[first.position] = [each.parked.record for each in alike]
            yield ParkedItem(
                kind=Kind.RECORD,
                id=first.position,
                reason=last.parked.reason,
                detail=last.parked.detail,
                place=last.place,
                since=last.parked.record.arrived_at,
                size=len(alike),
            )

    def payload(self, parked: ParkedItem) -> bytes:
        """Return the record's bytes."""
        return self._kept[parked.id][0].payload

    def redrive(self, things: Sequence[ParkedItem], *, told: Report) -> int:
        """Put each on the stream again, in the order in which they came."""
        waiting = sorted((self._kept[each.id] for each in things), key=lambda each: _place(each[0]))
        for start in range(0, len(waiting), A_NOTE):
            chunk = waiting[start : start + A_NOTE]
            self.put([copy_of(alike[0]) for alike in chunk])
            self._note(chunk, REDRIVEN)
            told(len(chunk))
        return len(waiting)

    def drop(self, things: Sequence[ParkedItem], *, told: Report) -> int:
        """Note down that nothing is to become of them; the payloads go with their retention."""
        self._note([self._kept[each.id] for each in things], DROPPED)
        told(len(things))
        return len(things)

    def _note(self, waiting: Sequence[Sequence[StreamRecord]], did: str) -> None:
        if positions := [each.position for alike in waiting for each in alike]:
            self.store.note(positions, did=did, at=self.now())


class _Kept(NamedTuple):
    place: str
    parked: ParkedRecord


def _place(record: StreamRecord) -> tuple[int, int]:
    return int(record.sequence_number), record.index or 0
