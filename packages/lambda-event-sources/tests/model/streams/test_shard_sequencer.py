"""Which shards are ready, in which order, and from which position."""

from typing import Any

from support.lanes import NOON, a_mapping

from lambda_event_sources.streams.shard_sequencer import (
    LATEST,
    TRIM_HORIZON,
    Position,
    Positions,
    Shard,
    ShardSequencer,
    after,
)

PARENT, OTHER = Shard(shard_id="parent"), Shard(shard_id="other")
LEFT = Shard(shard_id="left", parents=("parent",))
RIGHT = Shard(shard_id="right", parents=("parent",))
MERGED = Shard(shard_id="merged", parents=("parent", "other"))


def a_sequencer(positions: Positions | None = None, **settings: Any) -> ShardSequencer:
    return ShardSequencer(a_mapping(**settings), {} if positions is None else positions)


def test_the_children_of_a_split_wait_until_their_parent_is_done() -> None:
    sequencer = a_sequencer()
    assert [("parent", TRIM_HORIZON)] == sequencer.ready_shards([PARENT, LEFT, RIGHT])
    assert [] == sequencer.ready_shards([PARENT, LEFT, RIGHT])

    sequencer.finish("parent")

    assert [("left", TRIM_HORIZON), ("right", TRIM_HORIZON)] == sequencer.ready_shards(
        [PARENT, LEFT, RIGHT]
    )


def test_the_child_of_a_merge_waits_for_both_parents() -> None:
    sequencer = a_sequencer()
    sequencer.ready_shards([PARENT, OTHER, MERGED])

    sequencer.finish("other")
    assert [] == sequencer.ready_shards([PARENT, OTHER, MERGED])
    sequencer.finish("parent")

    assert [("merged", TRIM_HORIZON)] == sequencer.ready_shards([PARENT, OTHER, MERGED])


def test_a_parent_that_is_no_longer_listed_holds_up_no_child() -> None:
    assert [("left", TRIM_HORIZON)] == a_sequencer().ready_shards([LEFT])


def test_a_shard_begins_once() -> None:
    sequencer = a_sequencer()

    assert [("parent", TRIM_HORIZON)] == sequencer.ready_shards([PARENT])
    assert [] == sequencer.ready_shards([PARENT])


def test_at_latest_only_the_shards_of_the_first_look_begin_there() -> None:
    sequencer = a_sequencer(starting_position="LATEST")
    assert [("parent", LATEST)] == sequencer.ready_shards([PARENT])

    sequencer.finish("parent")

    assert [("left", TRIM_HORIZON)] == sequencer.ready_shards([PARENT, LEFT])


def test_at_latest_a_child_of_the_first_look_begins_there_at_once() -> None:
    """Its parent is closed: nothing in it is newer than now."""
    sequencer = a_sequencer(starting_position="LATEST")

    assert [("left", LATEST), ("right", LATEST)] == sequencer.ready_shards([PARENT, LEFT, RIGHT])


def test_at_a_timestamp_every_shard_begins_there_also_those_that_come_later() -> None:
    sequencer = a_sequencer(starting_position="AT_TIMESTAMP", starting_position_timestamp=NOON)
    there = Position(kind="AT_TIMESTAMP", at=NOON)
    assert [("parent", there)] == sequencer.ready_shards([PARENT])

    sequencer.finish("parent")

    assert [("left", there)] == sequencer.ready_shards([PARENT, LEFT])


def test_a_successor_continues_at_the_checkpoints() -> None:
    positions: Positions = {}
    first = a_sequencer(positions)
    first.ready_shards([PARENT])
    first.checkpoint("parent", after("7"))

    assert [("parent", after("7"))] == a_sequencer(positions).ready_shards([PARENT])


def test_a_shard_that_is_new_to_a_successor_is_read_from_its_beginning() -> None:
    successor = a_sequencer({"other": after("7")}, starting_position="LATEST")

    assert [("parent", TRIM_HORIZON), ("other", after("7"))] == successor.ready_shards(
        [PARENT, OTHER]
    )


def test_a_released_shard_begins_again_at_its_checkpoint() -> None:
    sequencer = a_sequencer()
    sequencer.ready_shards([PARENT])
    sequencer.checkpoint("parent", after("3"))

    sequencer.release("parent")

    assert [("parent", after("3"))] == sequencer.ready_shards([PARENT])
