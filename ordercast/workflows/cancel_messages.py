"""Cancel notifications that wait, and find those of an order or a campaign. Used by `ordercast cancel` and the console."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from msgspec import Struct, field

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.sending.cancelling import cancelled, may_be_cancelled
from ordercast.sending.due_partitions import deferrals, held_behind, looks
from ordercast.workflows.ports import Changes, Clock

ROUNDS = 5
"""How often rows are read and written again that a sender or the sweeper has changed meanwhile."""

Pages = Iterable[Sequence[str]]
"""Ids of notifications, by the page."""


class WaitingRows(Changes, Protocol):
    """The part of the ledger that cancelling uses. Raises `LedgerUnavailable`."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        """Read rows and holds consistently."""
        ...

    def waiting_in(self, partition: str) -> Iterator[list[str]]:
        """Return, by the page, the ids that wait in *partition* of the due index; a moment late."""
        ...


class CancelReport(Struct, kw_only=True):
    """What came of a cancellation, or would.

    `found` counts by state what may be cancelled, `cancelled` what was, by the state that it has since;
    `left` what is not to be, by its state: it was claimed, sent or has ended. `moving` is what changed
    faster than it could be written. `looked_at` are all rows that were read, and `is_whole` says
    whether these were all that were meant.
    """

    found: Counter[State] = field(default_factory=Counter)
    cancelled: Counter[State] = field(default_factory=Counter)
    left: Counter[State] = field(default_factory=Counter)
    moving: int = 0
    looked_at: int = 0
    is_whole: bool = True


class CancelMessages(Struct, frozen=True, kw_only=True):
    """Cancel what no sender has claimed, under the optimistic lock of each row.

    It may be interrupted and repeated: what is cancelled is not cancelled twice. A sender that claims
    a row first keeps it; one that comes later finds it cancelled.
    """

    ledger: WaitingRows
    now: Clock

    def plan(self, pages: Pages, *, most: int, campaign: str | None = None) -> CancelReport:
        """Return what would be cancelled of up to *most* rows, and change nothing."""
        report = CancelReport()
        for rows in self._read(pages, report, most, campaign):
            for row in rows:
                (report.found if may_be_cancelled(row) else report.left)[row.state] += 1
        return report

    def __call__(self, pages: Pages, *, most: int, campaign: str | None = None) -> CancelReport:
        """Cancel what can be of up to *most* rows; with *campaign*, only what is of it."""
        report = CancelReport()
        for rows in self._read(pages, report, most, campaign):
            self._cancel(rows, report)
        return report

    def of_ids(self, ids: Sequence[str]) -> Iterator[list[str]]:
        """Yield *ids*, and what took or may take their place: it was entered a moment ago, perhaps."""
        rows = self._rows(frozenset(ids)).values()
        fallbacks = {row.fallback.id for row in rows if row.fallback} - set(ids)
        yield [*ids, *sorted(fallbacks)]

    def waiting(self) -> Iterator[list[str]]:
        """Yield the ids of all that waits: for a sender, until a time, and behind each hold."""
        holds = self.ledger.look_up(LookupKeys(holds=True)).holds
        for partition in (*looks(), *deferrals(), *held_behind(hold.id for hold in holds)):
            yield from self.ledger.waiting_in(partition)

    def _read(
        self, pages: Pages, report: CancelReport, most: int, campaign: str | None
    ) -> Iterator[list[Notification]]:
        for page in pages:
            report.is_whole = report.looked_at + len(page) <= most
            rows = self._rows(frozenset(page[: most - report.looked_at]))
            report.looked_at += len(rows)
            yield [r for r in rows.values() if campaign is None or r.campaign == campaign]
            if not report.is_whole:
                return

    def _cancel(self, rows: Sequence[Notification], report: CancelReport) -> None:
        for _ in range(ROUNDS):
            meant = [row for row in rows if may_be_cancelled(row)]
            report.left.update(row.state for row in rows if not may_be_cancelled(row))
            ended = {row.id: cancelled(row, at=self.now()) for row in meant}
            done = self.ledger.change([(row, ended[row.id]) for row in meant])
            report.found.update(row.state for row in meant if row.id in done)
            report.cancelled.update(ended[i].state for i in done)
            rows = list(self._rows({row.id for row in meant} - done).values())
            if not rows:
                return
        report.moving += len(rows)

    def _rows(self, ids: AbstractSet[str]) -> dict[str, Notification]:
        if not ids:
            return {}
        wanted = LookupKeys(notifications=frozenset(ids))
        return dict(self.ledger.look_up(wanted).notifications)
