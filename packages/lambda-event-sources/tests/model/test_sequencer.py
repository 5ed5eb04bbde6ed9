"""Which shards begin, after whom, and where."""

from typing import Any

from support.playing import NOON, a_mapping

from lambda_event_sources.streams.sequencer import (
    HORIZON,
    LATEST,
    Lineage,
    Position,
    Positions,
    Shard,
    after,
)

PARENT, OTHER = Shard(shard_id="parent"), Shard(shard_id="other")
LEFT = Shard(shard_id="left", parents=("parent",))
RIGHT = Shard(shard_id="right", parents=("parent",))
MERGED = Shard(shard_id="merged", parents=("parent", "other"))


def a_lineage(positions: Positions | None = None, **settings: Any) -> Lineage:
    return Lineage(a_mapping(**settings), {} if positions is None else positions)


def test_the_children_of_a_split_wait_until_their_parent_is_done() -> None:
    lineage = a_lineage()
    assert [("parent", HORIZON)] == lineage.see([PARENT, LEFT, RIGHT])
    assert [] == lineage.see([PARENT, LEFT, RIGHT])

    lineage.finish("parent")

    assert [("left", HORIZON), ("right", HORIZON)] == lineage.see([PARENT, LEFT, RIGHT])


def test_the_child_of_a_merge_waits_for_both_parents() -> None:
    lineage = a_lineage()
    lineage.see([PARENT, OTHER, MERGED])

    lineage.finish("other")
    assert [] == lineage.see([PARENT, OTHER, MERGED])
    lineage.finish("parent")

    assert [("merged", HORIZON)] == lineage.see([PARENT, OTHER, MERGED])


def test_a_parent_that_the_stream_no_longer_lists_holds_nobody_up() -> None:
    assert [("left", HORIZON)] == a_lineage().see([LEFT])


def test_a_shard_begins_once() -> None:
    lineage = a_lineage()

    assert [("parent", HORIZON)] == lineage.see([PARENT])
    assert [] == lineage.see([PARENT])


def test_at_latest_only_the_shards_of_the_first_look_begin_there() -> None:
    lineage = a_lineage(starting_position="LATEST")
    assert [("parent", LATEST)] == lineage.see([PARENT])

    lineage.finish("parent")

    assert [("left", HORIZON)] == lineage.see([PARENT, LEFT])


def test_at_latest_a_child_of_the_first_look_begins_there_at_once() -> None:
    """Its parent is closed: nothing in it is newer than now."""
    lineage = a_lineage(starting_position="LATEST")

    assert [("left", LATEST), ("right", LATEST)] == lineage.see([PARENT, LEFT, RIGHT])


def test_at_a_timestamp_every_shard_begins_there_also_those_that_come_later() -> None:
    lineage = a_lineage(starting_position="AT_TIMESTAMP", starting_at=NOON)
    there = Position(kind="AT_TIMESTAMP", at=NOON)
    assert [("parent", there)] == lineage.see([PARENT])

    lineage.finish("parent")

    assert [("left", there)] == lineage.see([PARENT, LEFT])


def test_who_goes_on_for_another_does_so_where_that_one_was() -> None:
    positions: Positions = {}
    first = a_lineage(positions)
    first.see([PARENT])
    first.reach("parent", after("7"))

    assert [("parent", after("7"))] == a_lineage(positions).see([PARENT])


def test_a_shard_that_is_new_to_a_successor_is_read_from_its_beginning() -> None:
    successor = a_lineage({"other": after("7")}, starting_position="LATEST")

    assert [("parent", HORIZON), ("other", after("7"))] == successor.see([PARENT, OTHER])


def test_a_shard_that_was_left_begins_again_at_its_position() -> None:
    lineage = a_lineage()
    lineage.see([PARENT])
    lineage.reach("parent", after("3"))

    lineage.leave("parent")

    assert [("parent", after("3"))] == lineage.see([PARENT])
