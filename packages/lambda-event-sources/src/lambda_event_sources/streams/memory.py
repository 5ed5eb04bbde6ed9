"""Records and reshardings come in; a stream in memory goes out, which is read like a real one."""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5

from lambda_event_sources.events import StreamRecord, kinesis_record
from lambda_event_sources.streams.sequencer import HORIZON, Position, Shard, after

STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/orders"
ROLE_ARN = "arn:aws:iam::000000000000:role/relay"
HASH_KEYS = 1 << 128


class NotOpen(Exception):
    """Only open shards are split, merged or closed, and only neighbours are merged."""


@dataclass(slots=True, kw_only=True)
class _Kept:
    """A shard with its records; it takes the keys whose hashes are from `first` up to `last`."""

    shard: Shard
    first: int = 0
    last: int = -1
    is_open: bool = True
    records: list[StreamRecord] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


class NotInOrder(Exception):
    """A shard's numbers only rise: see `recorded.in_order` for batches that were recorded."""


class MemoryStream:
    """A data stream in memory. It loses nothing and its clock is its caller's.

    A key goes to the open shard in whose range its MD5 falls, and a split or a merge closes the
    parents; sequence numbers count up over the whole stream:
    https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html
    https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-resharding.html
    """

    def __init__(self, *, shards: int = 1, arn: str = STREAM_ARN) -> None:
        self.arn = arn
        self._kept: dict[str, _Kept] = {}
        self._numbered = 0
        bounds = [HASH_KEYS * n // shards for n in range(shards + 1)]
        for first, following in itertools.pairwise(bounds):
            self._open(first, following - 1)

    def put(self, key: str, data: bytes, *, now: datetime) -> tuple[str, StreamRecord]:
        """Take one record, as PutRecord does; say in which shard it is."""
        shard_id, number = self.next_of(key)
        record = {
            "SequenceNumber": str(number),
            "PartitionKey": key,
            "Data": data,
            "ApproximateArrivalTimestamp": now,
        }
        shaped = kinesis_record(record, stream_arn=self.arn, shard_id=shard_id, role_arn=ROLE_ARN)
        self.append(shard_id, shaped)
        return shard_id, shaped

    def next_of(self, key: str) -> tuple[str, int]:
        """Say in which shard the next record of a key will be, and under which number."""
        hashed = hash_key(key)
        kept = next(k for k in self._kept.values() if k.is_open and k.first <= hashed <= k.last)
        return kept.shard.shard_id, self._numbered + 1

    def append(self, shard_id: str, record: StreamRecord) -> None:
        """Take one record as it is, for instance a recorded one, behind what is in that shard."""
        if shard_id not in self._kept:
            self._kept[shard_id] = _Kept(shard=Shard(shard_id=shard_id))
        kept = self._kept[shard_id]
        if not kept.is_open:
            raise NotOpen(shard_id)
        if kept.numbers and record.position <= kept.numbers[-1]:
            raise NotInOrder(record.sequence_number)
        kept.records.append(record)
        kept.numbers.append(record.position)
        self._numbered = max(self._numbered, record.position)

    def split(self, shard_id: str) -> tuple[str, str]:
        """Close a shard; its halves go on."""
        parent = self._close(shard_id)
        middle = (parent.first + parent.last + 1) // 2
        return (
            self._open(parent.first, middle - 1, shard_id),
            self._open(middle, parent.last, shard_id),
        )

    def merge(self, shard_id: str, other: str) -> str:
        """Close two shards whose ranges meet; one goes on for both."""
        lower, upper = sorted((self._kept[shard_id], self._kept[other]), key=lambda k: k.first)
        if upper.first != lower.last + 1:
            raise NotOpen(f"{shard_id} and {other} are not neighbours")
        self._close(shard_id)
        self._close(other)
        return self._open(lower.first, upper.last, shard_id, other)

    def roll(self, shard_id: str) -> str:
        """Close a shard; one child goes on with all of its keys, as a table's stream does."""
        parent = self._close(shard_id)
        return self._open(parent.first, parent.last, shard_id)

    def before(self, shard_id: str, number: str, records: int) -> Position:
        """Say where to begin in order to read a record again, and so many before it."""
        kept = self._kept[shard_id]
        first = bisect_left(kept.numbers, int(number)) - records
        return after(str(kept.numbers[first - 1])) if first > 0 else HORIZON

    def open_shards(self) -> list[str]:
        """Name the shards that still take records, by their ranges."""
        still_open = sorted((k for k in self._kept.values() if k.is_open), key=lambda k: k.first)
        return [kept.shard.shard_id for kept in still_open]

    def numbers(self) -> set[str]:
        """Return the sequence number of every record that was ever put."""
        return {r.sequence_number for kept in self._kept.values() for r in kept.records}

    def shards(self) -> list[Shard]:
        """List the shards, closed ones too."""
        return [kept.shard for kept in self._kept.values()]

    def iterator(self, shard_id: str, position: Position) -> str:
        """Begin at a position; the iterator counts the records before it."""
        kept = self._kept[shard_id]
        match position.kind:
            case "TRIM_HORIZON":
                return "0"
            case "LATEST":
                return str(len(kept.records))
            case "AT_TIMESTAMP":
                at = position.at or datetime.min.replace(tzinfo=UTC)
                return str(bisect_left(kept.records, at, key=lambda record: record.arrived_at))
            case "AFTER_SEQUENCE_NUMBER":
                return str(bisect_right(kept.numbers, int(position.number)))

    def read(
        self, shard_id: str, iterator: str, limit: int
    ) -> tuple[Sequence[StreamRecord], str | None]:
        """Read at most so many records; with them the next iterator, None at a closed shard's end."""
        kept, begin = self._kept[shard_id], int(iterator)
        records = kept.records[begin : begin + limit]
        following = begin + len(records)
        is_end = not kept.is_open and following == len(kept.records)
        return records, None if is_end else str(following)

    def _open(self, first: int, last: int, *parents: str) -> str:
        shard_id = f"shardId-{len(self._kept):012}"
        shard = Shard(shard_id=shard_id, parents=parents)
        self._kept[shard_id] = _Kept(shard=shard, first=first, last=last)
        return shard_id

    def _close(self, shard_id: str) -> _Kept:
        kept = self._kept[shard_id]
        if not kept.is_open:
            raise NotOpen(shard_id)
        kept.is_open = False
        return kept


def hash_key(key: str) -> int:
    """Say where a partition key falls: its MD5 as a 128-bit number."""
    return int.from_bytes(md5(key.encode(), usedforsecurity=False).digest())
