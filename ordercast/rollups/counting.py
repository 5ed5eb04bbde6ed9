"""Lines of the ledger and what was counted of them in, the transactions that count them out.

One transaction proves and counts: it puts what was counted of each notification, if that is still
what it was assumed to be, and adds the difference to the buckets. Whatever is brought twice, late,
in another order or never cannot be counted wrongly by it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ordercast.rollups.rollup import (
    Amount,
    Contribution,
    CountedVersion,
    RollupInput,
    RollupKey,
    add,
    beside,
    contribution,
    difference,
)

ACTIONS = 100
"""Items that a transaction takes (DynamoDB API reference: TransactWriteItems)."""

NAMES = 200
"""Amounts that one update adds: an expression is at most 4 KB long, with 300 operators in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A notification to be counted as *new*, where *last* is what was counted of it so far."""

    line: RollupInput
    new: Contribution
    last: CountedVersion | None

    @property
    def change(self) -> dict[RollupKey, dict[str, Amount]]:
        """What it adds to the buckets."""
        return difference(self.new, self.last.contribution if self.last else None)


@dataclass(slots=True)
class Transaction:
    """Entries, and all that they add to the buckets together."""

    entries: list[Entry] = field(default_factory=list)
    additions: dict[RollupKey, dict[str, Amount]] = field(default_factory=dict)

    def takes(self, change: Mapping[RollupKey, Mapping[str, Amount]]) -> bool:
        """Tell whether another entry's change fits in."""
        actions = len(self.entries) + 1 + len(self.additions.keys() | change.keys())
        return actions <= ACTIONS and all(
            len(self.additions.get(bucket, ())) + len(amounts) <= NAMES
            for bucket, amounts in change.items()
        )

    def take(self, entry: Entry, change: Mapping[RollupKey, Mapping[str, Amount]]) -> None:
        """Add an entry and its change."""
        self.entries.append(entry)
        for bucket, amounts in change.items():
            add(self.additions.setdefault(bucket, {}), amounts)


def entries(
    lines: Iterable[RollupInput], counted: Mapping[str, CountedVersion], *, again: bool = False
) -> list[Entry]:
    """Return what is news: an entry for each line that is newer than what was counted.

    With *again*, for each as old as that too: what it counts for may have been thought out anew.
    """
    oldest = 0 if again else 1
    return [
        Entry(line=line, new=contribution(line), last=counted.get(line.id))
        for line in lines
        if line.id not in counted or counted[line.id].version + oldest <= line.version
    ]


def transactions(news: Iterable[Entry]) -> list[Transaction]:
    """Pack entries into as few transactions as they fit into, those of a bucket together."""
    packed: list[Transaction] = []
    for entry in sorted(news, key=_by_bucket):
        change = entry.change
        if not packed or not packed[-1].takes(change):
            packed.append(Transaction())
        packed[-1].take(entry, change)
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
    """Return what takes from each bucket what it holds too much of; each is right by itself.

    Of two that correct a bucket at once, one does: each raises the version of a mark beside the
    bucket, as it was *counted* when the bucket was read.
    """
    packed = []
    for bucket, amounts in wrong.items():
        minus = [(name, -amount) for name, amount in amounts.items()]
        for place in range(0, len(minus), NAMES):
            name = CORRECTION + json.dumps([place, *bucket], ensure_ascii=False)
            last = counted.get(name)
            version = last.version + 1 if last else 1
            mark = beside(name, version=version, bucket=bucket, at=at, keep_until=keep_until)
            entry = Entry(line=mark, new=contribution(mark), last=last)
            some = dict(minus[place : place + NAMES])
            packed.append(Transaction(entries=[entry], additions={bucket: some}))
    return packed


CORRECTION = "correction#"


def _by_bucket(entry: Entry) -> list[str]:
    return [each or "" for each in entry.line.bucket]
