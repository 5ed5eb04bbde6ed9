"""Lists in memory, of what the fakes of rollups and ledger hold, with the read units of DynamoDB."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.failures import failed_on
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.rollups.listed import ListedNotification, ReadUnits, listed_counted, listed_input
from tests.fakes.ledger import FakeLedger
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


@dataclass(slots=True)
class FakeLedgerLists:
    """What `ledger` holds, as lists."""

    ledger: FakeLedger

    def failed(
        self, states: Collection[State], day: date, *, before: str, units: ReadUnits
    ) -> Iterator[ListedNotification]:
        units.take(8 * len(states) * 0.5)
        rows = [r for r in self.ledger.rows.values() if r.state in states and failed_on(r) == day]
        return newest_first(_listed(rows, before), units)

    def of_customer(
        self, customer: str, *, before: str, units: ReadUnits
    ) -> Iterator[ListedNotification]:
        rows = [row for page in self.ledger.of_customer(customer) for row in page]
        return newest_first(_listed(rows, before), units, a_row=0.5)

    def of_address(
        self, address: str, *, before: str, units: ReadUnits
    ) -> Iterator[ListedNotification]:
        rows = [row for page in self.ledger.of_address(address) for row in page]
        return newest_first(_listed(rows, before), units, a_row=0.5)


def _listed(rows: Iterable[Notification], before: str) -> Iterator[ListedNotification]:
    listed = (listed_input(rollup_input_of(write(row))) for row in rows)
    return (row for row in listed if row.place < before)


def newest_first(
    rows: Iterable[ListedNotification], units: ReadUnits, *, a_row: float = 250 / 8192
) -> Iterator[ListedNotification]:
    """Yield rows as a list does; what is read is paid by the page."""
    newest = sorted(rows, key=lambda row: row.place, reverse=True)
    for start in range(0, len(newest), PAGE):
        page = newest[start : start + PAGE]
        units.take(len(page) * a_row)
        yield from page
