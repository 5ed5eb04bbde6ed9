"""Lists in memory, of what the fakes of rollups and ledger hold, with the read units of DynamoDB."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ordercast.rollups.listed import ListedNotification, ReadUnits, listed_counted
from tests.fakes.rollups import FakeRollups

PARTITIONS = 8
PAGE = 100  # rows of one query, at some 250 bytes each


@dataclass(slots=True)
class FakeCountedList:
    """What `rollups` holds, as lists; `asked` names the hours that were read."""

    rollups: FakeRollups
    asked: list[str]

    def of_hour(self, hour: str, *, before: str, units: ReadUnits) -> Iterator[ListedNotification]:
        self.asked.append(hour)
        rows = [
            listed_counted(i, each)
            for (at, i), each in self.rollups.kept.items()
            if at.hour == hour and at.time
        ]
        units.take(PARTITIONS * 0.5)
        return newest_first((row for row in rows if row.place < before), units)

    def newest_hour(self, last: str, *, units: ReadUnits) -> str | None:
        units.take(4 * 0.5)
        hours = {bucket.hour for bucket, _ in self.rollups.written}
        return max((each for each in hours if last[:10] <= each <= last), default=None)


def newest_first(
    rows: Iterable[ListedNotification], units: ReadUnits
) -> Iterator[ListedNotification]:
    """Yield rows as a list does; what is read is paid by the page."""
    newest = sorted(rows, key=lambda row: row.place, reverse=True)
    for start in range(0, len(newest), PAGE):
        page = newest[start : start + PAGE]
        units.take(len(page) * 250 / 8192)
        yield from page
