"""Redrive batches that Lambda gave up: put their records again, or count and tell their rows again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ordercast.parked.item import GivenUpBatch, Kind, ParkedItem
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
from ordercast.workflows.redrive.stream_records import Copy, copy_of

Recount = Callable[[Sequence[str]], object]
"""Count notifications, by id, as they are on the ledger now; idempotent."""


Republish = Callable[[Sequence[Mapping[str, Any]]], object]
"""Tell shops again of changes, as the ledger's stream had them; idempotent by the events' ids."""


def _tells_nobody(_: Sequence[Mapping[str, Any]]) -> None:
    """Tell nobody, as a stage without status events."""


class BatchStore(Notes, Protocol):
    """The store of batches that Lambda gave up."""

    def batches(self) -> Iterator[GivenUpBatch]:
        """Return each batch."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedBatches:
    """Whole batches that were given up, by age or by count.

    Changes of the ledger are counted and told again, whichever function gave them up: both know what
    they have done. Some of a batch's records may have been processed before: their stored decisions stand, and
    nothing is counted twice.
    """

    store: BatchStore
    put: Put
    recount: Recount
    republish: Republish = _tells_nobody
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
                detail=_detail(batch),
                place=batch.key,
                since=batch.at,
                size=len(batch.notification_ids) or len(batch.records),
            )

    def payload(self, parked: ParkedItem) -> bytes:
        """Return the payloads of its records, or the ids of its changes, one a line."""
        batch = self._kept[parked.id]
        ids = [each.encode() for each in batch.notification_ids]
        return b"\n".join(ids or [each.payload for each in batch.records])

    def traces(self, parked: ParkedItem) -> Traces:
        """Return its records, or the ids of its rows."""
        batch = self._kept[parked.id]
        return Traces(records=batch.records, notification_ids=batch.notification_ids)

    def redrive(self, things: Sequence[ParkedItem], *, progress: ReportProgress) -> int:
        """Put each batch's records on the stream again in order, or count its rows again.

        A batch without content stays: an operator looks into it and drops it.
        """
        whole = [batch for batch in (self._kept[each.id] for each in things) if batch.whole]
        went: set[Copy] = set()
        for batch in whole:
            # Records put before a crash may have been given up again: they are in two batches then.
            copies = [each for each in map(copy_of, batch.records) if each not in went]
            went.update(copies)
            for start in range(0, len(copies), NOTE_SIZE):
                self.put(copies[start : start + NOTE_SIZE])
            if batch.notification_ids:
                self.recount(batch.notification_ids)
                self.republish(batch.row_changes)
            self.store.note([batch.id], did=REDRIVEN, at=self.now())
            progress(1)
        return len(whole)

    def drop(self, things: Sequence[ParkedItem], *, progress: ReportProgress) -> int:
        """Note each as dropped."""
        if things:
            self.store.note([each.id for each in things], did=DROPPED, at=self.now())
        progress(len(things))
        return len(things)


def _detail(batch: GivenUpBatch) -> str:
    if not batch.whole:
        return "it holds nothing to redrive"
    changes = len(batch.notification_ids)
    return f"changes of {changes} notifications" if changes else "records of the stream"
