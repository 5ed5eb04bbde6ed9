"""Rehearsing a handler on a stream: splits, time, redeliveries and recordings are items of the input."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lambda_event_sources.harness.items import (
    ALWAYS,
    Merges,
    NothingToMeet,
    Passes,
    Put,
    Raises,
    Redelivered,
    Redeployed,
    Rolls,
    Splits,
)
from lambda_event_sources.harness.run import spread
from lambda_event_sources.harness.stream_run import NotForAStream
from lambda_event_sources.mapping import Kind
from lambda_event_sources.streams.memory import MemoryStream

RECORDINGS = Path(__file__).parents[1] / "recordings"
FIRST = "shardId-000000000000"
SECOND = timedelta(seconds=1)


def test_records_are_brought_in_batches(event_source, handler):
    report = event_source(handler, [b"a", b"b", b"c"], batch_size=2)

    assert [["a", "b"], ["c"]] == handler.brought
    assert [["1", "2"], ["3"]] == report.invoked
    assert ["1", "2", "3"] == report.done


def test_time_passes_where_the_input_says_so(event_source, handler):
    report = event_source(handler, [b"a", Passes(time=5 * SECOND), b"b"], window=3 * SECOND)

    first, second = report.invocations
    assert [["a"], ["b"]] == handler.brought
    assert 5 * SECOND == second.at - first.at


def test_what_is_redelivered_comes_again_with_what_was_settled_before_it(event_source, handler):
    event_source(handler, [b"a", b"b", Redelivered(records=1), b"c"], batch_size=1)

    assert [["a"], ["b"], ["c"], ["b"], ["c"]] == handler.brought


def test_the_children_of_a_split_come_after_their_parent(event_source, handler):
    keys = ["o-1", "o-2", "o-3", "o-4"]
    before = [Put(data=f"before {key}".encode(), key=key) for key in keys]
    after = [Put(data=f"after {key}".encode(), key=key) for key in keys]

    report = event_source(
        handler, [*before, Splits(shard=FIRST), Raises(times=3), *after], batch_size=1
    )

    brought = [data for (data,) in handler.brought]
    assert [f"before {key}" for key in keys] == brought[:4]
    assert {f"after {key}" for key in keys} == set(brought[4:])
    assert [FIRST, "shardId-000000000001", "shardId-000000000002"] == [s for s, _ in report.begun]


def test_the_child_of_a_merge_comes_after_both_parents(event_source, handler):
    keys = [f"o-{n}" for n in range(6)]
    items = [Put(data=f"before {key}".encode(), key=key) for key in keys]
    merge = Merges(shard=FIRST, other="shardId-000000000001")
    items += [merge, *(Put(data=f"after {key}".encode(), key=key) for key in keys)]

    event_source(handler, items, stream=MemoryStream(shards=2), batch_size=1)

    brought = [data for (data,) in handler.brought]
    assert {f"before {key}" for key in keys} == set(brought[:6])
    assert [f"after {key}" for key in keys] == brought[6:]


def test_a_table_s_shard_rolls_over(event_source, handler):
    event_source(handler, [b"a", Rolls(shard=FIRST), b"b"])

    assert [["a"], ["b"]] == handler.brought


def test_lanes_go_on_while_one_of_them_takes_its_time(event_source, handler):
    keys = [f"o-{n}" for n in range(8)]
    items = [Put(data=f"{key} {n}".encode(), key=key) for n in range(3) for key in keys]

    report = event_source(
        handler, items, parallelization=4, batch_size=1, takes=spread(3, up_to=SECOND)
    )

    lanes = [each.lane for each in sorted(report.invocations, key=lambda each: each.at)]
    assert {0, 1, 2, 3} == set(lanes[:4])
    for key in keys:
        of_key = [data for (data,) in handler.brought if data.startswith(f"{key} ")]
        assert [f"{key} 0", f"{key} 1", f"{key} 2"] == of_key


def test_a_redeployed_mapping_goes_on_from_what_is_done(event_source, handler):
    """What was out is brought again: nobody noted how it ended."""
    report = event_source(
        handler,
        [b"a", b"b", Passes(time=SECOND), Redeployed(settings={"batch_size": 10})],
        batch_size=1,
        takes=lambda: 0.6 * SECOND,
    )

    assert [["a"], ["b"], ["b"]] == handler.brought
    assert ["done", "abandoned", "done"] == [each.how for each in report.invocations]


def test_a_recorded_event_is_brought_at_the_pace_at_which_it_arrived(event_source, handler):
    recorded = json.loads((RECORDINGS / "kinesis_event_doc.json").read_text())

    report = event_source(handler, [recorded])

    first, second = report.invocations
    assert [["Hello, this is a test."], ["This is only a test."]] == handler.brought
    assert 60 < (second.at - first.at).total_seconds() < 61
    assert "shardId-000000000006" == first.source


def test_a_recorded_change_of_a_table_is_brought_as_it_was_recorded(event_source):
    recorded = json.loads((RECORDINGS / "ddb_stream_event_ledger.json").read_text())
    brought: list[Any] = []

    event_source(lambda event, _: brought.extend(event["Records"]), [recorded])

    assert recorded["Records"] == brought


def a_change(number: int) -> dict[str, Any]:
    change = {
        "SequenceNumber": str(number),
        "ApproximateCreationDateTime": 1795262402.0,
        "Keys": {"pk": {"S": f"order-{number}"}},
    }
    return {"eventSource": "aws:dynamodb", "eventName": "INSERT", "dynamodb": change}


def test_a_table_s_change_that_is_given_up_is_written_as_one(event_source):
    report = event_source(
        lambda *_: None,
        [a_change(1), Raises(times=ALWAYS), a_change(2)],
        bisects=True,
        max_retries=1,
    )

    (abandoned,) = report.abandoned
    assert ["1"] == report.done
    assert "2" == abandoned.failure["DDBStreamBatchInfo"]["startSequenceNumber"]


def test_a_table_s_stream_takes_no_records_of_kinesis(event_source, handler):
    with pytest.raises(NotForAStream):
        event_source(handler, [b"a"], source=Kind.DYNAMODB)


def test_at_latest_only_what_is_put_after_the_first_look_is_brought(event_source, handler):
    event_source(
        handler,
        [b"before", Passes(time=timedelta(0)), b"after", Splits(shard=FIRST), b"in a child"],
        starting_position="LATEST",
    )

    assert [["after"], ["in a child"]] == handler.brought


def test_a_fault_without_a_record_behind_it_is_refused(event_source, handler):
    with pytest.raises(NothingToMeet):
        event_source(handler, [b"a", Raises()])


def test_a_message_is_not_for_a_stream(event_source, handler):
    with pytest.raises(NotForAStream):
        event_source(handler, [b"a", "a message"], stream=MemoryStream())


def test_a_report_tells_its_story(event_source, handler):
    report = event_source(handler, [Raises(times=ALWAYS), b"secret"], max_retries=1)

    told = str(report).splitlines()
    assert 3 == len(told)
    assert told[0].endswith("shardId-000000000000 lane 0  retried   1")
    assert told[2].endswith("RetryAttemptsExhausted: 1")
    assert "secret" not in str(report)
