"""Measure the memory and time of comparing an hour of many notifications. Used by `test_many_rows`.

Rows are made up as they are read and kept by nobody here, so that what grows is the verifier's.
`python -m tests.reconciliation.many_rows 100000 1000000` does it with as many.
"""

import sys
import time
import tracemalloc
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from msgspec.structs import replace

from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.gateways.rollups import items as rollup_item
from ordercast.reconciliation.comparison import Findings
from ordercast.rollups.rollup import Amount, CountedVersion, RollupInput, RollupKey, contribution
from ordercast.workflows.count_changes import Count
from ordercast.workflows.reconcile.compare_rollups import CompareRollups
from tests.examples import notification
from tests.fakes.clock import START

PAGE = 3_000  # a page of a query, 1 MB, holds about as many


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of so many; of the first *behind* the ledger says more than was counted."""

    count: int
    behind: int = 0

    def counted_pages(self, _: str) -> Iterator[Mapping[str, CountedVersion]]:
        for start in range(0, self.count, PAGE):
            yield self._counted(range(start, min(start + PAGE, self.count)))

    def counted(self, places: Mapping[str, Any]) -> dict[str, CountedVersion]:
        return self._counted(map(_number, places))

    def buckets(self, _: Iterable[str]) -> dict[RollupKey, dict[str, Amount]]:
        one = contribution(_line(0))
        return {one.bucket: {name: amount * self.count for name, amount in one.amounts.items()}}

    def rollup_inputs(self, ids: Iterable[str]) -> dict[str, RollupInput]:
        return {i: _line(n, ahead=n < self.behind) for i in ids for n in [_number(i)]}

    def _counted(self, numbers: Iterable[int]) -> dict[str, CountedVersion]:
        return dict(rollup_item.read_counted(_counted_item(_name(n))) for n in numbers)


def compared(hour: Hour, *, most: int = 1_000) -> Findings:
    """Compare the hour with itself."""
    rollups: Any = hour
    verify = CompareRollups(
        rollups=rollups,
        ledger=rollups,
        count=Count(rollups=rollups, pause=lambda _: None, chance=lambda: 0.5),
        pause=lambda _: None,
        now=lambda: START + timedelta(hours=3),
        second_look=timedelta(),
        retention=timedelta(days=90),
        most=most,
    )
    return verify(["2026-03-02T09"])


def peak(hour: Hour) -> int:
    """Return how many bytes comparing the hour took at most."""
    compared(Hour(count=1))  # what is made once is made
    tracemalloc.start()
    compared(hour)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@cache
def _item() -> Mapping[str, Any]:
    return write(notification(1))


def _line(number: int, *, ahead: bool = False) -> RollupInput:
    row = rollup_input_of(_item())
    return replace(row, id=_name(number), version=row.version + ahead)


@cache
def _counted_of_one() -> Mapping[str, Any]:
    return rollup_item.write_counted(_line(0), contribution(_line(0)))


def _counted_item(name: str) -> Mapping[str, Any]:
    return {**_counted_of_one(), "sk": {"S": f"{_line(0).time}#{name}"}}


def _name(number: int) -> str:
    """Return a name as long as a notification's id."""
    return f"{number:044d}"


def _number(name: str) -> int:
    return int(name)


def main(counts: Iterable[int]) -> None:
    """Print what hours of so many take."""
    for count in counts:
        began = time.process_time()
        compared(Hour(count=count))
        took = time.process_time() - began
        print(
            f"{count:,} notifications in an hour: {peak(Hour(count=count)) / 1e6:.0f} MB at most, "
            f"{took / count * 1e6:.0f} µs of CPU each"
        )


if __name__ == "__main__":
    main(map(int, sys.argv[1:]))
