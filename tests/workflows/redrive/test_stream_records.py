"""Parked records are redriven once, also where the command is killed and run again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.parked.item import Kind, Selection
from ordercast.workflows.redrive.source import DROPPED, REDRIVEN
from tests.fakes.clock import START as AT
from tests.fakes.parked_store import CrashPoint, Died
from tests.fakes.world import World
from tests.workflows.redrive.bench import Bench, no_progress, order, parked, redrive_all


def test_what_was_parked_is_put_again_as_it_came_in_the_stream_s_order(bench: Bench) -> None:
    bench.store.kept = [parked(109, b"c"), parked(20, b"b", index=1), parked(20, b"a", index=0)]

    assert 3 == redrive_all(bench.records())
    assert [("key-20", b"a"), ("key-20", b"b"), ("key-109", b"c")] == bench.stream.puts
    assert [] == list(bench.records().contents())


def test_a_position_that_was_parked_by_two_invocations_is_listed_once(bench: Bench) -> None:
    bench.store.kept = [parked(101, b"a"), parked(101, b"a"), parked(102, b"b")]

    assert ["101", "102"] == [each.id for each in bench.records().contents()]


def test_what_is_dropped_is_not_listed_any_more_and_not_put_again(bench: Bench) -> None:
    bench.store.kept = [parked(101, b"a"), parked(102, b"b")]
    source = bench.records()
    first, _ = source.contents()

    assert 1 == source.drop([first], progress=no_progress)
    assert 1 == redrive_all(source)
    assert {"101": DROPPED, "102": REDRIVEN} == bench.store.notes
    assert [b"b"] == [body for _, body in bench.stream.puts]


def test_only_what_an_operator_named_is_meant(bench: Bench) -> None:
    bench.store.kept = [parked(101, b"a"), replace(parked(102, b"b"), reason="conflicting-event")]
    things = list(bench.records().contents())

    def meant(**wish: Any) -> list[str]:
        return [each.id for each in things if Selection(**wish).means(each)]

    assert ["101"] == meant(ids=["101"])
    assert ["102"] == meant(reason="Conflicting")
    assert [] == meant(kinds=[Kind.DEAD_LETTER])
    assert ["101", "102"] == meant(kinds=[Kind.RECORD], since=AT)
    assert [] == meant(since=AT + timedelta(seconds=1))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(6))
def test_a_redrive_that_dies_at_any_call_and_is_run_again_sends_what_was_parked_once(
    world: World, *, call: int, after: bool
) -> None:
    """250 records are parked by a bug; the bug is mended; we die on the way."""
    healthy, world.opening = world.opening, _broken
    world.relay(*(order(n) for n in range(250)))
    world.opening = healthy
    assert (250, 0) == (len(world.parked.kept), len(world.notifications_topic.published))
    bench = Bench(crash_point=CrashPoint(at=call, after=after))
    bench.store.kept = list(world.parked.kept.values())

    with pytest.raises(Died):
        redrive_all(bench.records())
    redrive_all(bench.records())
    world.relay(*(body for _, body in bench.stream.puts), at=1001)
    world.send_published()

    assert {1} == set(world.got().values())
    assert 250 == len(world.got())
    assert [] == list(bench.records().contents())


@pytest.mark.parametrize("keyless", [False, True])
def test_what_is_parked_again_because_a_redrive_died_before_its_note_is_one_thing(
    bench: Bench, *, keyless: bool
) -> None:
    """The fault is not mended yet, and the command dies each time before it has noted anything."""
    bench.store.kept = [parked(101, b"a", key=None if keyless else "o-1"), parked(102, b"b")]
    for at in (1001, 2001):
        bench.crash_at(CrashPoint(at=0, after=True))
        with pytest.raises(Died):
            redrive_all(bench.records())
        bench.park_again(at=at)
    source = bench.records()

    assert [("101", 3), ("102", 3)] == [(each.id, each.size) for each in source.contents()]
    assert 2 == redrive_all(source)
    assert [b"a", b"b"] * 3 == [body for _, body in bench.stream.puts]
    assert [] == list(bench.records().contents())


def test_what_was_parked_again_says_what_was_the_matter_last(bench: Bench) -> None:
    again = replace(parked(1001, b"a", key="o-1"), reason="not-json", detail="it is not JSON")
    bench.store.kept = [again, parked(101, b"a", key="o-1")]
    source = bench.records()

    (one,) = source.contents()
    assert ("101", "not-json", "it is not JSON") == (one.id, one.reason, one.detail)
    assert b"a" == source.payload(one)
    assert 1 == source.drop([one], progress=no_progress)
    assert {"101": DROPPED, "1001": DROPPED} == bench.store.notes


def test_what_was_noted_and_is_parked_again_waits_at_its_new_place(bench: Bench) -> None:
    bench.store.kept = [parked(101, b"a")]
    redrive_all(bench.records())
    bench.park_again(at=1001)

    assert ["1001"] == [each.id for each in bench.records().contents()]


def test_the_same_bytes_of_another_key_are_another_thing(bench: Bench) -> None:
    """A stream keeps the order of one key: neither stands for the other."""
    bench.store.kept = [parked(101, b"a"), parked(102, b"a")]

    assert ["101", "102"] == [each.id for each in bench.records().contents()]


def _broken(record: StreamRecord) -> Sequence[ParkedRecord]:
    return [ParkedRecord(record=record, reason="bug:KeyError", detail="")]
