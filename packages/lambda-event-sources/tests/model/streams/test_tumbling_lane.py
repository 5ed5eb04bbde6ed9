"""Tumbling windows: which records are in one batch, and which state they come with."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from support.doubles import recording
from support.lanes import NOON
from support.windows import a_shard, answer, at, counted, play

from lambda_event_sources.events import StreamRecord, encoded, lambda_event
from lambda_event_sources.outcomes import Errored, NotInvoked, Returned
from lambda_event_sources.streams.shard_batcher import lane_of
from lambda_event_sources.streams.steps import Invoke


def test_a_record_is_of_the_window_in_which_it_arrived() -> None:
    shard = a_shard(at(1, 0), at(2, 119.999), at(3, 120))
    first, later = shard.next_step(now=NOON), None

    assert isinstance(first, Invoke)
    assert {"start": "2026-11-21T12:00:00Z", "end": "2026-11-21T12:02:00Z"} == first.window_fields[
        "window"
    ]
    assert [1, 2] == [r.position for r in first.records]
    shard.settle(0, counted(first), now=NOON)
    shard.next_step(now=NOON)
    shard.settle(0, answer({}), now=NOON)
    later = shard.next_step(now=NOON)
    assert isinstance(later, Invoke)
    assert {"start": "2026-11-21T12:02:00Z", "end": "2026-11-21T12:04:00Z"} == later.window_fields[
        "window"
    ]


def test_a_batch_holds_records_of_one_window() -> None:
    shard = a_shard(at(1, 0), at(2, 1), at(3, 130), at(4, 131))

    steps = play(shard)

    assert [[1, 2], [], [3, 4], []] == [numbers for numbers, *_ in steps]


def test_the_next_invocation_is_given_the_state_of_the_last_answer() -> None:
    shard = a_shard(at(1, 0), at(2, 1), at(3, 2), batch_size=1)

    assert [
        ([1], {}, False),
        ([2], {"count": 1}, False),
        ([3], {"count": 2}, False),
        ([], {"count": 3}, True),
    ] == play(shard)


def test_the_event_says_what_aws_says_beside_the_records() -> None:
    documented = recording("kinesis_tumbling_event_doc")
    arrived = datetime(2020, 12, 9, 7, 4, 35, tzinfo=UTC)
    source = documented["eventSourceARN"]
    shard = a_shard(source_arn=source, batch_size=1)
    shard.put(
        [
            StreamRecord(
                sequence_number=str(n), arrived_at=arrived, event=documented["Records"][0], size=1
            )
            for n in (1, 2)
        ],
        now=NOON,
    )
    shard.next_step(now=NOON)
    shard.settle(
        0,
        Returned(payload=json.dumps(recording("kinesis_tumbling_response_doc")).encode()),
        now=NOON,
    )

    step = shard.next_step(now=NOON)
    assert isinstance(step, Invoke)
    assert documented == lambda_event(step.records, step.window_fields)
    shard.settle(0, answer(documented["state"]), now=NOON)
    shard.note_read_until(NOON)
    end = shard.next_step(now=NOON)
    assert isinstance(end, Invoke)
    assert recording("kinesis_tumbling_final_event") == lambda_event(end.records, end.window_fields)


@pytest.mark.parametrize(
    "payload", [b"", b"null", b"{oops", b"[]", b"{}", b'{"state": null}', b'{"state": "text"}']
)
def test_an_answer_without_a_state_is_an_error(payload: bytes) -> None:
    steps = play(a_shard(at(1, 0), at(2, 0), bisect_batch_on_error=True), Returned(payload=payload))

    assert [([1, 2], {}, False), ([1], {}, False), ([2], {"count": 1}, False)] == steps[:3]


@pytest.mark.parametrize(
    "failure", [Errored(), NotInvoked(reason="throttled"), answer({"count": 9}, 99)]
)
def test_what_failed_comes_again_with_the_state_that_it_was_given(failure: Any) -> None:
    shard = a_shard(at(1, 0), at(2, 1), batch_size=1)

    assert [
        ([1], {}, False),
        ([2], {"count": 1}, False),
        ([2], {"count": 1}, False),
        ([], {"count": 2}, True),
    ] == play(shard, answer({"count": 1}), failure)


def test_the_state_of_a_partial_answer_is_that_of_what_is_done() -> None:
    shard = a_shard(at(1, 0), at(2, 1), at(3, 2))

    assert [
        ([1, 2, 3], {}, False),
        ([2, 3], {"count": 1}, False),
        ([2, 3], {"count": 1}, False),
        ([], {"count": 3}, True),
    ] == play(shard, answer({"count": 1}, 2), answer({"count": 7}, 2))


def test_what_is_discarded_is_not_in_the_state() -> None:
    shard = a_shard(at(1, 0), at(2, 1), batch_size=1, retry_attempts=0)

    assert [
        ([1], {}, False),
        ([2], {"count": 1}, False),
        ("discarded", [2]),
        ([], {"count": 1}, True),
    ] == play(shard, answer({"count": 1}), Errored())


def test_a_large_state_leaves_less_of_the_payload_to_records() -> None:
    half = {"text": "x" * 500}
    shard = a_shard(at(1, 0), batch_size=50, payload_limit=1300)
    shard.next_step(now=NOON)
    shard.settle(0, answer({}), now=NOON)
    shard.put([at(n, 1) for n in range(2, 40)], now=NOON)
    empty = shard.next_step(now=NOON)
    assert isinstance(empty, Invoke)
    shard.settle(0, answer(half), now=NOON)
    step = shard.next_step(now=NOON)
    assert isinstance(step, Invoke)

    fits = {"Records": [], **empty.window_fields}
    assert (1300 - len(encoded(fits)) + 1) // 101 == len(empty.records)
    assert len(step.records) < len(empty.records)


def test_each_lane_has_windows_and_a_state_of_its_own() -> None:
    keys = [next(k for k in map(str, range(99)) if lane_of(k, 2) == lane) for lane in range(2)]
    shard = a_shard(
        at(1, 0, keys[0]), at(2, 1, keys[1]), at(3, 2, keys[0]), parallelization_factor=2
    )

    ends = [(state, is_final) for _, state, is_final in play(shard) if is_final]

    assert [({"count": 2}, True), ({"count": 1}, True)] == ends
