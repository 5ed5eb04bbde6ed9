"""Describe what waits for an operator, and select from it. Used by `ordercast parked`.

Records, batches, dead letters and notifications are described alike, without personal data: a
payload stays where it is stored.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ordercast.events.stream_record import StreamRecord
from ordercast.parked.payload_edit import EditNote
from ordercast.parked.short_ids import is_short, letters_of


class Kind(StrEnum):
    """The kind of a parked item; `docs/runbook.md` says how each comes about."""

    RECORD = "record"
    BATCH = "batch"
    DEAD_LETTER = "dead-letter"
    NOTIFICATION = "notification"


class ParkedItem(Struct, frozen=True, kw_only=True):
    """One parked item; `place` is where it is stored, `since` when it was stored there.

    `id` is a record's first position on the stream, a batch's digest, a dead letter's message
    id or a notification's id; `size` counts the records of a batch, or the positions of one record.
    `edited` says who corrected its payload last, if somebody did.
    """

    kind: Kind
    id: str
    reason: str
    detail: str = ""
    place: str
    since: datetime | None = None
    size: int = 1
    edited: EditNote | None = None


class Selection(Struct, frozen=True, kw_only=True):
    """The parked items that an operator names; an empty field selects all.

    An id may be a prefix, or a short id; `reason` is searched for in reason and detail. `whole` are the ids that
    are complete: part 1 of an aggregate does not select part 10.
    """

    ids: Collection[str] = ()
    whole: Collection[str] = ()
    kinds: Collection[Kind] = ()
    reason: str = ""
    since: datetime | None = None

    def means(self, parked: ParkedItem) -> bool:
        """Tell whether *parked* is selected."""
        return (
            (not self.ids or parked.id in self.whole or self._is_cut_from(parked.id))
            and (not self.kinds or parked.kind in self.kinds)
            and self.reason.lower() in f"{parked.reason} {parked.detail}".lower()
            and (self.since is None or (parked.since is not None and parked.since >= self.since))
        )

    def among(self, things: Iterable[ParkedItem]) -> "Selection":
        """Return the same selection, with the ids that are complete in *things*."""
        return replace(self, whole={each.id for each in things} & set(self.ids))

    def missed(self, things: Iterable[ParkedItem]) -> list[str]:
        """Return the ids that select none of *things*."""
        found = [each.id for each in things]
        return [each for each in self.ids if not any(_is_cut(each, id_) for id_ in found)]

    def ambiguous(self, things: Iterable[ParkedItem]) -> list[str]:
        """Return the short ids that name several of *things*."""
        found = [letters_of(each.id) for each in things]
        return [
            each
            for each in self.ids
            if is_short(each) and sum(letters.startswith(each) for letters in found) > 1
        ]

    def _is_cut_from(self, id_: str) -> bool:
        return any(_is_cut(each, id_) for each in self.ids if each not in self.whole)


def _is_cut(written: str, id_: str) -> bool:
    """Tell whether what an operator has *written* is the beginning of an id, or of its short ids."""
    return id_.startswith(written) or (is_short(written) and letters_of(id_).startswith(written))


class GivenUpBatch(Struct, frozen=True, kw_only=True):
    """A batch that Lambda gave up: records of the stream, or changes of ledger rows.

    `row_changes` are the records of the ledger's stream as Lambda kept them, which are personal. If it is not `whole`, its report lacks the records or cannot be read.
    """

    id: str
    key: str
    condition: str
    at: datetime | None
    records: tuple[StreamRecord, ...] = ()
    notification_ids: tuple[str, ...] = ()
    row_changes: tuple[Mapping[str, Any], ...] = ()
    whole: bool = True


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A message that its reader never processed; `handle` is valid until it is received again."""

    id: str
    body: str
    sent_at: datetime
    handle: str
