"""Rollups in memory: a transaction is done whole or not at all."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from ordercast.budgets.account import BySlot, summed
from ordercast.budgets.budget import Limits
from ordercast.errors import LedgerUnavailable
from ordercast.rollups.counting import ACTIONS, NAMES, Transaction
from ordercast.rollups.rollup import (
    Amount,
    CountedPlace,
    CountedPlaces,
    CountedVersion,
    RollupKey,
    add,
)

WRITERS = 4
PARTITIONS = 3  # of an hour
PAGE = 2  # so that nothing fits one


class TooMuchForOneTransaction(Exception):
    """DynamoDB refuses it as a whole, now and ever."""


@dataclass(slots=True)
class FakeRollups:
    """What was counted by place and id, and buckets by writer.

    `before` and `after` are asked, for each transaction, whether to fail before or after doing it;
    reading raises while `unavailable`.
    """

    kept: dict[tuple[CountedPlace, str], CountedVersion] = field(default_factory=dict)
    written: dict[tuple[RollupKey, int], dict[str, Amount]] = field(default_factory=dict)
    before: Callable[[], bool] = lambda: False
    after: Callable[[], bool] = lambda: False
    unavailable: Callable[[], bool] = lambda: False
    limits: Callable[[], Limits] = Limits
    adjustments: dict[tuple[str, int], BySlot] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def known(self, places: CountedPlaces) -> tuple[dict[str, CountedVersion], Limits]:
        self._call("known", len(places))
        return self.counted(places), self.limits()

    def adjusted(self, keys: Sequence[str]) -> dict[str, BySlot]:
        return {
            key: summed(s for (account, _), s in self.adjustments.items() if account == key)
            for key in keys
        }

    def counted(self, places: CountedPlaces) -> dict[str, CountedVersion]:
        if self.unavailable():
            raise LedgerUnavailable("counted")
        return {i: self.kept[at, i] for i, at in places.items() if (at, i) in self.kept}

    def commit(self, transactions: Sequence[Transaction], *, writer: int) -> list[bool]:
        return [self._commit(each, place) for place, each in enumerate(transactions, start=writer)]

    def counted_pages(self, hour: str) -> Iterator[dict[str, CountedVersion]]:
        there = [(i, each) for (at, i), each in self.kept.items() if at.hour == hour]
        for start in range(0, len(there), PAGE):
            yield dict(there[start : start + PAGE])

    def counted_partitions(self, hour: str) -> list[str]:
        return [f"{hour}#{place}" for place in range(PARTITIONS)]

    def counted_in(self, partition: str) -> Iterator[dict[str, CountedVersion]]:
        hour, place = partition.split("#")
        for page in self.counted_pages(hour):
            yield {
                i: each for i, each in page.items() if crc32(i.encode()) % PARTITIONS == int(place)
            }

    def buckets(self, days: Iterable[str]) -> dict[RollupKey, dict[str, Amount]]:
        wanted = set(days)
        found: dict[RollupKey, dict[str, Amount]] = {}
        for (bucket, _), amounts in self.written.items():
            if bucket.hour[:10] in wanted:
                add(found.setdefault(bucket, {}), amounts)
        return {bucket: amounts for bucket, amounts in found.items() if amounts}

    def of_hours(self, hours: Iterable[str]) -> dict[RollupKey, dict[str, Amount]]:
        wanted = set(hours)
        days = {hour[:10] for hour in wanted}
        return {k: amounts for k, amounts in self.buckets(days).items() if k.hour in wanted}

    def _commit(self, transaction: Transaction, place: int) -> bool:
        self._call("commit", 1)
        if (
            len(transaction.entries) + len(transaction.additions) + len(transaction.adjustments)
            > ACTIONS
        ):
            raise TooMuchForOneTransaction
        if any(len(amounts) > NAMES for amounts in transaction.additions.values()):
            raise TooMuchForOneTransaction
        if self.before() or not self._holds(transaction):
            return False
        for entry in transaction.entries:
            row = entry.rollup_input
            self.kept[row.place, row.id] = CountedVersion(
                version=row.version, contribution=entry.new, time=row.time
            )
        for bucket, amounts in transaction.additions.items():
            add(self.written.setdefault((bucket, place % WRITERS), {}), amounts)
        for account, slots in transaction.adjustments.items():
            there = self.adjustments.get((account, place % WRITERS), {})
            self.adjustments[account, place % WRITERS] = summed([there, slots])
        return not self.after()

    def _holds(self, transaction: Transaction) -> bool:
        return all(
            (
                known.version
                if (known := self.kept.get((e.rollup_input.place, e.rollup_input.id)))
                else None
            )
            == (e.last.version if e.last else None)
            for e in transaction.entries
        )

    def _call(self, method: str, things: int) -> None:
        self.calls += [method] * -(-things // 100)
