"""The stream in memory behaves like Kinesis: keys, shards, iterators."""

from datetime import timedelta

import pytest
from support.lanes import NOON, SECOND

from lambda_event_sources.streams.in_memory_stream import InMemoryStream, NotOpen
from lambda_event_sources.streams.shard_reader import ShardReader
from lambda_event_sources.streams.shard_sequencer import (
    LATEST,
    TRIM_HORIZON,
    Position,
    Shard,
    after,
)

KEYS = [f"o-{n}" for n in range(40)]


def placed(stream: InMemoryStream) -> dict[str, str]:
    """Put a record of each key; say in which shard it is."""
    return {key: stream.put(key, b"data", now=NOON)[0] for key in KEYS}


def read(stream: InMemoryStream, shard_id: str, position: Position = TRIM_HORIZON) -> list[int]:
    reader = ShardReader(stream, shard_id, position=position)
    return [record.position for record in reader.read(1000)]


def test_a_key_stays_in_one_shard_and_keys_are_spread() -> None:
    stream = InMemoryStream(shards=2)

    assert placed(stream) == placed(stream)
    assert set(stream.open_shards()) == set(placed(stream).values())


def test_a_split_closes_the_parent_and_its_keys_go_to_its_halves() -> None:
    stream = InMemoryStream()
    (parent,) = stream.open_shards()
    halves = stream.split(parent)

    assert set(halves) == set(placed(stream).values())
    assert [Shard(shard_id=half, parents=(parent,)) for half in halves] == stream.shards()[1:]
    with pytest.raises(NotOpen):
        stream.split(parent)


def test_a_merge_closes_both_parents_and_takes_their_keys() -> None:
    stream = InMemoryStream(shards=2)
    parents = stream.open_shards()
    merged = stream.merge(*parents)

    assert {merged} == set(placed(stream).values())
    assert Shard(shard_id=merged, parents=tuple(parents)) == stream.shards()[-1]


def test_only_neighbours_are_merged() -> None:
    stream = InMemoryStream(shards=3)
    first, _, third = stream.open_shards()

    with pytest.raises(NotOpen):
        stream.merge(first, third)


def test_a_table_s_shard_rolls_over_to_one_child() -> None:
    stream = InMemoryStream()
    (parent,) = stream.open_shards()

    child = stream.roll_over(parent)

    assert Shard(shard_id=child, parents=(parent,)) == stream.shards()[-1]


def test_reading_begins_at_a_position() -> None:
    stream = InMemoryStream()
    (shard,) = stream.open_shards()
    for second in range(3):
        stream.put("k", b"", now=NOON + second * SECOND)

    assert [1, 2, 3] == read(stream, shard)
    assert [3] == read(stream, shard, after("2"))
    assert [2, 3] == read(stream, shard, Position(kind="AT_TIMESTAMP", at=NOON + SECOND))
    assert [] == read(stream, shard, LATEST)


def test_latest_is_when_the_iterator_was_made() -> None:
    stream = InMemoryStream()
    (shard,) = stream.open_shards()
    stream.put("k", b"before", now=NOON)
    reader = ShardReader(stream, shard, position=LATEST)
    reader.read(10)

    stream.put("k", b"after", now=NOON + timedelta(seconds=1))

    assert [2] == [record.position for record in reader.read(10)]


def test_a_closed_shard_ends_and_an_open_one_does_not() -> None:
    stream = InMemoryStream()
    (shard,) = stream.open_shards()
    stream.put("k", b"", now=NOON)
    reader = ShardReader(stream, shard, position=TRIM_HORIZON)
    reader.read(10)
    assert not reader.is_at_end

    stream.split(shard)
    reader.read(10)

    assert reader.is_at_end
