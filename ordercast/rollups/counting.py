"""Plan the transactions that count ledger rows into rollups. Used by `workflows.count_changes`.

A transaction writes the counted version of each notification, on the condition that the last one
is as assumed, and adds the difference to the buckets. So repeated, late or reordered changes are
never counted wrongly.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from msgspec import Struct, field

from ordercast.budgets.budget import Budget
from ordercast.rollups.rollup import (
    NOTHING,
    Amount,
    Contribution,
    CountedVersion,
    RollupInput,
    RollupKey,
    add,
    contribution,
    difference,
)
from ordercast.rollups.spent import adjustments

ACTIONS = 100
"""Most items in a transaction (DynamoDB API reference: TransactWriteItems)."""

NAMES = 200
"""Amounts that one update adds: an expression is at most 4 KB long, with 300 operators in it."""


class Entry(Struct, frozen=True, kw_only=True):
    """A notification to be counted as *new*; *last* is its last counted version."""

    rollup_input: RollupInput
    new: Contribution
    last: CountedVersion | None

    @property
    def change(self) -> dict[RollupKey, dict[str, Amount]]:
        """The amounts it adds to each bucket."""
        return difference(self.new, self.last.contribution if self.last else None)


class Transaction(Struct):
    """Entries, and the sum of what they add to the buckets."""

    entries: list[Entry] = field(default_factory=list)
    additions: dict[RollupKey, dict[str, Amount]] = field(default_factory=dict)
    budgets: tuple[Budget, ...] = ()
    _accounts: set[str] = field(default_factory=set)

    @property
    def adjustments(self) -> dict[str, dict[str, Decimal]]:
        """What the additions adjust in the accounts of budgets, by slot."""
        return adjustments(self.additions, self.budgets)

    def has_room(self, change: Mapping[RollupKey, Mapping[str, Amount]]) -> bool:
        """Return whether another entry's change fits in."""
        buckets = self.additions.keys() | change.keys()
        accounts = self._accounts | self._accounts_of(change.keys() - self.additions.keys())
        actions = len(self.entries) + 1 + len(buckets) + len(accounts)
        return actions <= ACTIONS and all(
            len(self.additions.get(bucket, ())) + len(amounts) <= NAMES
            for bucket, amounts in change.items()
        )

    def add(self, entry: Entry, change: Mapping[RollupKey, Mapping[str, Amount]]) -> None:
        """Add an entry and its change."""
        self.entries.append(entry)
        self._accounts |= self._accounts_of(change.keys() - self.additions.keys())
        for bucket, amounts in change.items():
            add(self.additions.setdefault(bucket, {}), amounts)

    def _accounts_of(self, buckets: Iterable[RollupKey]) -> set[str]:
        return {b.account(k.hour) for k in buckets for b in self.budgets if b.covers(k.spending)}


def entries(
    inputs: Iterable[RollupInput], counted: Mapping[str, CountedVersion], *, again: bool = False
) -> list[Entry]:
    """Return an entry for each input that is newer than its counted version.

    With *again* also for those of the same version, whose contribution may be computed differently.
    """
    oldest = 0 if again else 1
    return [
        Entry(rollup_input=row, new=contribution(row), last=counted.get(row.id))
        for row in inputs
        if row.id not in counted or counted[row.id].version + oldest <= row.version
    ]


def transactions(news: Iterable[Entry], budgets: tuple[Budget, ...] = ()) -> list[Transaction]:
    """Pack entries into few transactions, those of a bucket together; *budgets* are adjusted by them."""
    packed: list[Transaction] = []
    for entry in sorted(news, key=lambda entry: [each or "" for each in entry.rollup_input.bucket]):
        change = entry.change
        if not packed or not packed[-1].has_room(change):
            packed.append(Transaction(budgets=budgets))
        packed[-1].add(entry, change)
    for each in packed:
        each.additions = {bucket: amounts for bucket, amounts in each.additions.items() if amounts}
    return packed


def corrections(
    wrong: Mapping[RollupKey, Mapping[str, Amount]],
    counted: Mapping[str, CountedVersion],
    *,
    at: datetime,
    keep_until: int,
) -> list[Transaction]:
    """Return transactions that take the surplus out of each bucket; each is right by itself.

    Of two concurrent corrections of a bucket only one succeeds: each raises the version of a
    correction entry, as *counted* when the bucket was read.
    """
    packed = []
    for bucket, amounts in wrong.items():
        minus = [(name, -amount) for name, amount in amounts.items()]
        for place in range(0, len(minus), NAMES):
            name = CORRECTION + json.dumps([place, *bucket], ensure_ascii=False)
            last = counted.get(name)
            version = last.version + 1 if last else 1
            correction = RollupInput(
                id=name,
                version=version,
                state=NOTHING,
                bucket=bucket,
                effective_at=at,
                keep_until=keep_until,
            )
            entry = Entry(rollup_input=correction, new=contribution(correction), last=last)
            some = dict(minus[place : place + NAMES])
            packed.append(Transaction(entries=[entry], additions={bucket: some}))
    return packed


CORRECTION = "correction#"
