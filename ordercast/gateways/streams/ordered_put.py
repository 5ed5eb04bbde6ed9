"""Plan PutRecords calls that keep the order of each partition key. Used by the producer.

PutRecords promises no order within a call, and may take some records and refuse others. So a call
never holds two records of one key, and a key's next is put when the one before it was taken.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ordercast.gateways.streams.kpl_aggregates import Packed

RECORDS_A_CALL = 500  # PutRecords
BYTES_A_CALL = 5 * 1024 * 1024  # with keys; PutRecords took no more for years, and now takes 10


@dataclass(slots=True)
class OrderedPut:
    """The records still to be put; keys that wait longest come first."""

    waiting: dict[str, deque[Packed]] = field(default_factory=dict)
    turns: deque[str] = field(default_factory=deque)

    def add(self, key: str, records: Iterable[Packed]) -> None:
        """Add records behind those of their key."""
        if key not in self.waiting:
            self.waiting[key] = deque()
            self.turns.append(key)
        self.waiting[key].extend(records)

    def call(self) -> list[tuple[str, Packed]]:
        """Take what fits in a call: the next record of as many keys; empty when all are put."""
        chosen: list[tuple[str, Packed]] = []
        size = 0
        while self.turns and len(chosen) < RECORDS_A_CALL:
            key = self.turns[0]
            record = self.waiting[key][0]
            size += len(key.encode()) + len(record.data)
            if chosen and size > BYTES_A_CALL:
                break
            chosen.append((self.turns.popleft(), record))
        return chosen

    def taken(self, key: str) -> None:
        """Note that the stream took the record of that key which was in the call."""
        records = self.waiting[key]
        records.popleft()
        if records:
            self.turns.append(key)
        else:
            del self.waiting[key]

    def refused(self, keys: Iterable[str]) -> None:
        """Note whose records the stream did not take: they are first in the next call."""
        self.turns.extendleft(reversed(list(keys)))

    def left(self) -> Iterator[Packed]:
        """Return what was not put."""
        for records in self.waiting.values():
            yield from records
