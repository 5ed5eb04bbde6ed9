"""What waits for an operator: records, batches, dead letters and notifications, told alike.

None of its fields holds personal data; what does, a payload, stays where it is kept.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ordercast.events.stream_record import StreamRecord


class Kind(StrEnum):
    """What it is; `docs/runbook.md` says how each comes about."""

    RECORD = "record"
    BATCH = "batch"
    DEAD_LETTER = "dead-letter"
    NOTIFICATION = "notification"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedItem:
    """One thing that waits; `place` is where it is kept, `since` when it came there.

    `id` is a record's first position on the stream, a batch's digest, a letter's message id or a
    notification's id; `size` counts the records of a batch, or the positions of one record.
    """

    kind: Kind
    id: str
    reason: str
    detail: str = ""
    place: str
    since: datetime | None = None
    size: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which of it an operator means; what is empty asks for nothing.

    An id may be cut short; `reason` is looked for in reason and detail. `whole` are the ids that
    are not: number 1 of an aggregate is not number 10 as well.
    """

    ids: Collection[str] = ()
    whole: Collection[str] = ()
    kinds: Collection[Kind] = ()
    reason: str = ""
    since: datetime | None = None

    def means(self, parked: ParkedItem) -> bool:
        """Tell whether *parked* is one of them."""
        return (
            (not self.ids or parked.id in self.whole or self._is_cut_from(parked.id))
            and (not self.kinds or parked.kind in self.kinds)
            and self.reason.lower() in f"{parked.reason} {parked.detail}".lower()
            and (self.since is None or (parked.since is not None and parked.since >= self.since))
        )

    def among(self, things: Iterable[ParkedItem]) -> "Selection":
        """Return the same wish, now that it is known which ids are whole."""
        return replace(self, whole={each.id for each in things} & set(self.ids))

    def missed(self, things: Iterable[ParkedItem]) -> list[str]:
        """Return the ids that name none of *things*."""
        there = [each.id for each in things]
        return [each for each in self.ids if not any(id_.startswith(each) for id_ in there)]

    def _is_cut_from(self, id_: str) -> bool:
        return any(id_.startswith(each) for each in self.ids if each not in self.whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUpBatch:
    """A batch that Lambda gave up: records of the stream, or changes of the ledger by their rows.

    One that is not `whole` is a report without its records, or none that can be read.
    """

    id: str
    key: str
    condition: str
    at: datetime | None
    records: tuple[StreamRecord, ...] = ()
    notification_ids: tuple[str, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that its reader never dealt with; `handle` is good until it is received again."""

    id: str
    body: str
    sent_at: datetime
    handle: str
