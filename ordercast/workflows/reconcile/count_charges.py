"""Trails that are nobody's in, their bills counted in the books out; and taken back where they were ours."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ordercast.receipts.receipt_log import Trail
from ordercast.rollups.rollup import BILL, Counted, Line
from ordercast.rollups.unattributed_charges import bill_of, is_given_up, taken_back
from ordercast.workflows.count_changes import Count

HOUR = timedelta(hours=1)

AGAIN = timedelta(hours=26)
"""For how long bills are looked at again each hour: rounds may fail, and prices may rise."""

SURELY = 2 * HOUR
"""After its time is up, when a bill must have been counted: by then there was a round."""


class Trails(Protocol):
    """What providers said of messages. Raises `LedgerUnavailable`."""

    def find(self, message_ids: AbstractSet[str]) -> dict[str, Trail]:
        """Return the trails that there are."""
        ...

    def unattributed(self, *, since: datetime, until: datetime) -> Iterator[list[Trail]]:
        """Return, by the page, what was found to be nobody's in that time, both ends included."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """What carriers bill for texts that no notification answers for.

    `wait` is how long after nobody was found somebody may still be, and a price still come.
    """

    trails: Trails
    count: Count
    wait: timedelta
    now: Callable[[], datetime]

    def __call__(self) -> int:
        """Count what was given up lately, and is not counted as it stands; return how many."""
        until = self.now() - self.wait
        pages = self.trails.unattributed(since=until - AGAIN, until=until)
        return sum(len(self.count(_bills(page)).entries) for page in pages)

    def lines(self, ids: Iterable[str], counted: Mapping[str, Counted]) -> dict[str, Line]:
        """Return the bills among *ids* as they stand, by id; those that were ours after all, undone."""
        wanted = {i.removeprefix(BILL) for i in ids if i.startswith(BILL)}
        found = self.trails.find(wanted) if wanted else {}
        lines = (_line(trail, counted.get(BILL + i)) for i, trail in found.items())
        return {line.id: line for line in lines if line is not None}

    def due(self, hours: Sequence[str]) -> Iterator[str]:
        """Yield the ids of bills of those hours that must have been counted."""
        now = self.now()
        for hour in hours:
            begun = datetime.fromisoformat(f"{hour}:00+00:00")
            if begun + self.wait + SURELY > now:
                continue
            for page in self.trails.unattributed(since=begun, until=begun + HOUR - _MOMENT):
                waited = self.wait + SURELY
                over = [each for each in page if is_given_up(each, wait=waited, now=now)]
                yield from (bill.id for bill in _bills(over))


_MOMENT = timedelta(milliseconds=1)  # the index knows no less


def _bills(trails: Iterable[Trail]) -> list[Line]:
    return [bill for each in trails if (bill := bill_of(each)) is not None]


def _line(trail: Trail, counted: Counted | None) -> Line | None:
    if counted is not None and trail.notification_id is not None:
        return taken_back(trail, counted.contribution.bucket)
    return bill_of(trail)
