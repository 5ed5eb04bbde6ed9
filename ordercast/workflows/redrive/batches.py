"""Batches that Lambda gave up in; their records on the stream again, or their rows counted again, out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ordercast.parked.item import GivenUpBatch, Kind, ParkedItem
from ordercast.workflows.ports import Clock
from ordercast.workflows.redrive.source import A_NOTE, DROPPED, REDRIVEN, Notes, Put, Report
from ordercast.workflows.redrive.stream_records import Copy, copy_of

Recount = Callable[[Sequence[str]], object]
"""Count notifications, by id, as the ledger has them now; what is counted already changes nothing."""


class BatchStore(Notes, Protocol):
    """Where Lambda keeps the batches that it gave up."""

    def batches(self) -> Iterator[GivenUpBatch]:
        """Return them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedBatches:
    """Whole batches that were given up, by age or by count.

    Some of a batch's records may have been dealt with before it was given up: their events' marks
    are obeyed, and what is counted already is not counted again.
    """

    store: BatchStore
    put: Put
    recount: Recount
    now: Clock
    _kept: dict[str, GivenUpBatch] = field(default_factory=dict, init=False, repr=False)

    def contents(self) -> Iterator[ParkedItem]:
        """Return what waits."""
        handled = self.store.handled()
        self._kept.clear()
        for batch in self.store.batches():
            if batch.id in handled:
                continue
            self._kept[batch.id] = batch
            yield ParkedItem(
                kind=Kind.BATCH,
                id=batch.id,
                reason=batch.condition,
                detail=_told_of(batch),
                place=batch.key,
                since=batch.at,
                size=len(batch.notification_ids) or len(batch.records),
            )

    def payload(self, parked: ParkedItem) -> bytes:
        """Return the payloads of its records, one a line; ids where it holds changes."""
        batch = self._kept[parked.id]
        ids = [each.encode() for each in batch.notification_ids]
        return b"\n".join(ids or [each.payload for each in batch.records])

    def redrive(self, things: Sequence[ParkedItem], *, told: Report) -> int:
        """Put each batch's records on the stream again in their order, or count its rows again.

        What holds nothing to be redriven stays: it is to be looked into, and dropped.
        """
        whole = [batch for batch in (self._kept[each.id] for each in things) if batch.whole]
        went: set[Copy] = set()
        for batch in whole:
            # What we put before, and died, may have been given up again: it is in two batches then.
            copies = [each for each in map(copy_of, batch.records) if each not in went]
            went.update(copies)
            for start in range(0, len(copies), A_NOTE):
                self.put(copies[start : start + A_NOTE])
            if batch.notification_ids:
                self.recount(batch.notification_ids)
            self.store.note([batch.id], did=REDRIVEN, at=self.now())
            told(1)
        return len(whole)

    def drop(self, things: Sequence[ParkedItem], *, told: Report) -> int:
        """Note down that nothing is to become of them."""
        if things:
            self.store.note([each.id for each in things], did=DROPPED, at=self.now())
        told(len(things))
        return len(things)


def _told_of(batch: GivenUpBatch) -> str:
    if not batch.whole:
        return "it holds nothing to redrive"
    changes = len(batch.notification_ids)
    return f"changes of {changes} notifications" if changes else "records of the stream"
