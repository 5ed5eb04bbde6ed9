"""Some hours in, whether the books say of them what the ledger says out; and the repair of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from analytics.bills import Bills
from analytics.count import Count
from analytics.count import Rollups as Counting
from notifications.books import Amounts, Bucket, Counted, Line, hour_of
from notifications.counting import corrections
from notifications.reconciliation import Findings, Look, findings

LINES_A_COMMIT = 400


class Rollups(Counting, Protocol):
    """The books, to be read in whole hours too. Raises `LedgerUnavailable`."""

    def counted_of(self, hour: str) -> dict[str, Counted]:
        """Return everything that was counted of an hour, by notification id."""
        ...

    def buckets(self, days: Iterable[str]) -> Mapping[Bucket, Amounts]:
        """Return what the buckets of those days (UTC, `2026-03-02`) hold."""
        ...


class Lines(Protocol):
    """The ledger, as far as it counts. Raises `LedgerUnavailable`."""

    def lines(self, ids: Iterable[str]) -> dict[str, Line]:
        """Return the lines of those that are there, by id."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify:
    """Derive the books again from the ledger, and compare.

    What was counted in an hour names the rows to read; *never_counted* names others that are to be
    there. `patience` is how long `pause` waits between two looks, so that what is on its way can
    arrive; `retention` is how long rows are kept. `bills`, where the stage has any, are compared
    with the trails that they are of.
    """

    rollups: Rollups
    ledger: Lines
    count: Count
    pause: Callable[[float], None]
    now: Callable[[], datetime]
    patience: timedelta
    retention: timedelta
    bills: Bills | None = None

    def __call__(self, hours: Sequence[str], never_counted: Iterable[str] = ()) -> Findings:
        """Compare the hours; a second look is taken only where the first finds something."""
        others = frozenset(never_counted) | self._bills_due(hours)
        first = self._look(hours, others)
        found = findings(first, first)
        if found.are_clean:
            return found
        self.pause(self.patience.total_seconds())
        return findings(first, self._look(hours, others))

    def repair(self, found: Findings) -> int:
        """Count what is not counted or wrongly counted; return how many notifications that were.

        It is the same commit as ever, fed from the ledger, so that nothing is counted twice by it.
        Buckets that do not hold what was counted get the difference, unless somebody else gave
        it to them meanwhile.
        """
        wrong = self._lines(found.wrong_lines, {})
        lines = [*found.not_yet_counted.values(), *wrong.values()]
        repaired = 0
        for start in range(0, len(lines), LINES_A_COMMIT):
            tally = self.count(lines[start : start + LINES_A_COMMIT], again=True)
            repaired += len(tally.entries)
        now = self.now()
        keep_until = int((now + self.retention).timestamp())
        self.rollups.commit(
            corrections(found.wrong_buckets, found.corrected, at=now, keep_until=keep_until),
            writer=0,
        )
        return repaired

    def _bills_due(self, hours: Sequence[str]) -> frozenset[str]:
        return frozenset(self.bills.due(hours)) if self.bills else frozenset()

    def _lines(self, ids: Iterable[str], counted: Mapping[str, Counted]) -> dict[str, Line]:
        wanted = frozenset(ids)
        bills = self.bills.lines(wanted, counted) if self.bills else {}
        return {**self.ledger.lines(wanted), **bills}

    def _look(self, hours: Sequence[str], others: frozenset[str]) -> Look:
        """Read what was counted first: whatever is counted later is on the ledger by then."""
        counted = {i: each for hour in hours for i, each in self.rollups.counted_of(hour).items()}
        wanted = frozenset(hours)
        held = self.rollups.buckets(sorted({hour[:_DAY] for hour in wanted}))
        lines = self._lines(counted.keys() | others, counted)
        # What was promised late in an hour may have been accepted early in the next.
        elsewhere = {i: each.bucket.hour for i, each in lines.items() if i not in counted}
        counted |= self.rollups.counted(elsewhere) if elsewhere else {}
        return Look(
            hours=wanted,
            counted=counted,
            buckets={bucket: amounts for bucket, amounts in held.items() if bucket.hour in wanted},
            lines=lines,
            kept_since=hour_of(self.now() - self.retention + timedelta(hours=1)),
        )


_DAY = len("2026-03-02")
