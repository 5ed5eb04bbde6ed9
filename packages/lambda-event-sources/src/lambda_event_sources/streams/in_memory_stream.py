"""A data stream in memory, read like a real one. Used by the harness and by tests."""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5

from lambda_event_sources.events import StreamRecord, kinesis_record
from lambda_event_sources.streams.shard_sequencer import TRIM_HORIZON, Position, Shard, after

STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/orders"
ROLE_ARN = "arn:aws:iam::000000000000:role/relay"
HASH_KEYS = 1 << 128


class NotOpen(Exception):
    """Only open shards are split, merged or rolled over, and only neighbours are merged."""


@dataclass(slots=True, kw_only=True)
class _StoredShard:
    """A shard with its records; its hash keys are `first` to `last`."""

    shard: Shard
    first: int = 0
    last: int = -1
    is_open: bool = True
    records: list[StreamRecord] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


class NotInOrder(Exception):
    """The sequence numbers of a shard only rise; `recordings.in_order` sorts recorded batches."""


class InMemoryStream:
    """A data stream in memory. It loses nothing, and the caller passes the time.

    A key belongs to the open shard whose range holds its MD5; a split or a merge closes the
    parents; sequence numbers count up over the whole stream:
    https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html
    https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-resharding.html
    """

    def __init__(self, *, shards: int = 1, arn: str = STREAM_ARN) -> None:
        self.arn = arn
        self._shards: dict[str, _StoredShard] = {}
        self._numbered = 0
        bounds = [HASH_KEYS * n // shards for n in range(shards + 1)]
        for first, following in itertools.pairwise(bounds):
            self._open(first, following - 1)

    def put(self, key: str, data: bytes, *, now: datetime) -> tuple[str, StreamRecord]:
        """Add one record, as PutRecord does; return its shard and the record."""
        shard_id, number = self.locate(key)
        record = {
            "SequenceNumber": str(number),
            "PartitionKey": key,
            "Data": data,
            "ApproximateArrivalTimestamp": now,
        }
        as_received = kinesis_record(
            record, stream_arn=self.arn, shard_id=shard_id, role_arn=ROLE_ARN
        )
        self.append(shard_id, as_received)
        return shard_id, as_received

    def locate(self, key: str) -> tuple[str, int]:
        """Return the shard and the sequence number of the next record of a key."""
        hashed = hash_key(key)
        stored = next(k for k in self._shards.values() if k.is_open and k.first <= hashed <= k.last)
        return stored.shard.shard_id, self._numbered + 1

    def append(self, shard_id: str, record: StreamRecord) -> None:
        """Add one record as it is, for instance a recorded one, at the end of that shard."""
        if shard_id not in self._shards:
            self._shards[shard_id] = _StoredShard(shard=Shard(shard_id=shard_id))
        stored = self._shards[shard_id]
        if not stored.is_open:
            raise NotOpen(shard_id)
        if stored.numbers and record.position <= stored.numbers[-1]:
            raise NotInOrder(record.sequence_number)
        stored.records.append(record)
        stored.numbers.append(record.position)
        self._numbered = max(self._numbered, record.position)

    def split(self, shard_id: str) -> tuple[str, str]:
        """Close a shard and open its two halves."""
        parent = self._close(shard_id)
        middle = (parent.first + parent.last + 1) // 2
        return (
            self._open(parent.first, middle - 1, shard_id),
            self._open(middle, parent.last, shard_id),
        )

    def merge(self, shard_id: str, other: str) -> str:
        """Close two neighbouring shards and open one for both."""
        lower, upper = sorted((self._shards[shard_id], self._shards[other]), key=lambda k: k.first)
        if upper.first != lower.last + 1:
            raise NotOpen(f"{shard_id} and {other} are not neighbours")
        self._close(shard_id)
        self._close(other)
        return self._open(lower.first, upper.last, shard_id, other)

    def roll_over(self, shard_id: str) -> str:
        """Close a shard and open one child with all its keys, as a table's stream does."""
        parent = self._close(shard_id)
        return self._open(parent.first, parent.last, shard_id)

    def position_before(self, shard_id: str, number: str, records: int) -> Position:
        """Return the position from which a record is read again, and *records* before it."""
        stored = self._shards[shard_id]
        first = bisect_left(stored.numbers, int(number)) - records
        return after(str(stored.numbers[first - 1])) if first > 0 else TRIM_HORIZON

    def open_shards(self) -> list[str]:
        """Return the shards that still take records, by their ranges."""
        still_open = sorted((k for k in self._shards.values() if k.is_open), key=lambda k: k.first)
        return [stored.shard.shard_id for stored in still_open]

    def numbers(self) -> set[str]:
        """Return the sequence number of every record."""
        return {r.sequence_number for stored in self._shards.values() for r in stored.records}

    def shards(self) -> list[Shard]:
        """List the shards, closed ones too."""
        return [stored.shard for stored in self._shards.values()]

    def iterator(self, shard_id: str, position: Position) -> str:
        """Return an iterator: the number of records before the position."""
        stored = self._shards[shard_id]
        match position.kind:
            case "TRIM_HORIZON":
                return "0"
            case "LATEST":
                return str(len(stored.records))
            case "AT_TIMESTAMP":
                at = position.at or datetime.min.replace(tzinfo=UTC)
                return str(bisect_left(stored.records, at, key=lambda record: record.arrived_at))
            case "AFTER_SEQUENCE_NUMBER":
                return str(bisect_right(stored.numbers, int(position.number)))

    def read(
        self, shard_id: str, iterator: str, limit: int
    ) -> tuple[Sequence[StreamRecord], str | None]:
        """Return at most *limit* records and the next iterator, None at the end of a closed shard."""
        stored, begin = self._shards[shard_id], int(iterator)
        records = stored.records[begin : begin + limit]
        following = begin + len(records)
        is_end = not stored.is_open and following == len(stored.records)
        return records, None if is_end else str(following)

    def _open(self, first: int, last: int, *parents: str) -> str:
        shard_id = f"shardId-{len(self._shards):012}"
        shard = Shard(shard_id=shard_id, parents=parents)
        self._shards[shard_id] = _StoredShard(shard=shard, first=first, last=last)
        return shard_id

    def _close(self, shard_id: str) -> _StoredShard:
        stored = self._shards[shard_id]
        if not stored.is_open:
            raise NotOpen(shard_id)
        stored.is_open = False
        return stored


def hash_key(key: str) -> int:
    """Return the MD5 of a partition key as a 128-bit number."""
    return int.from_bytes(md5(key.encode(), usedforsecurity=False).digest())
