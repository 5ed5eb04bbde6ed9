"""Run a handler on a stream: splits, time, redeliveries and recordings are items of the input."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lambda_event_sources.harness.items import (
    ALWAYS,
    FaultWithoutRecord,
    MappingUpdate,
    MergeShards,
    Put,
    Raises,
    Redelivery,
    RollOverShard,
    SplitShard,
    TimePasses,
)
from lambda_event_sources.harness.run import random_durations
from lambda_event_sources.harness.stream_run import NotAStreamItem
from lambda_event_sources.mapping import SourceKind
from lambda_event_sources.streams.in_memory_stream import InMemoryStream

RECORDINGS = Path(__file__).parents[1] / "recordings"
FIRST = "shardId-000000000000"
SECOND = timedelta(seconds=1)


def test_records_are_delivered_in_batches(event_source, handler):
    report = event_source(handler, [b"a", b"b", b"c"], batch_size=2)

    assert [["a", "b"], ["c"]] == handler.delivered
    assert [["1", "2"], ["3"]] == report.invoked
    assert ["1", "2", "3"] == report.done


def test_time_passes_where_the_input_says_so(event_source, handler):
    report = event_source(
        handler, [b"a", TimePasses(time=5 * SECOND), b"b"], max_batching_window=3 * SECOND
    )

    first, second = report.invocations
    assert [["a"], ["b"]] == handler.delivered
    assert 5 * SECOND == second.at - first.at


def test_what_is_redelivered_comes_again_with_what_was_settled_before_it(event_source, handler):
    event_source(handler, [b"a", b"b", Redelivery(records=1), b"c"], batch_size=1)

    assert [["a"], ["b"], ["c"], ["b"], ["c"]] == handler.delivered


def test_the_children_of_a_split_come_after_their_parent(event_source, handler):
    keys = ["o-1", "o-2", "o-3", "o-4"]
    before = [Put(data=f"before {key}".encode(), key=key) for key in keys]
    after = [Put(data=f"after {key}".encode(), key=key) for key in keys]

    report = event_source(
        handler, [*before, SplitShard(shard=FIRST), Raises(times=3), *after], batch_size=1
    )

    delivered = [data for (data,) in handler.delivered]
    assert [f"before {key}" for key in keys] == delivered[:4]
    assert {f"after {key}" for key in keys} == set(delivered[4:])
    assert [FIRST, "shardId-000000000001", "shardId-000000000002"] == [
        s for s, _ in report.shards_started
    ]


def test_the_child_of_a_merge_comes_after_both_parents(event_source, handler):
    keys = [f"o-{n}" for n in range(6)]
    items: list[Any] = [Put(data=f"before {key}".encode(), key=key) for key in keys]
    merge = MergeShards(shard=FIRST, other="shardId-000000000001")
    items += [merge, *(Put(data=f"after {key}".encode(), key=key) for key in keys)]

    event_source(handler, items, stream=InMemoryStream(shards=2), batch_size=1)

    delivered = [data for (data,) in handler.delivered]
    assert {f"before {key}" for key in keys} == set(delivered[:6])
    assert [f"after {key}" for key in keys] == delivered[6:]


def test_a_table_s_shard_rolls_over(event_source, handler):
    event_source(handler, [b"a", RollOverShard(shard=FIRST), b"b"])

    assert [["a"], ["b"]] == handler.delivered


def test_lanes_go_on_while_one_of_them_takes_its_time(event_source, handler):
    keys = [f"o-{n}" for n in range(8)]
    items = [Put(data=f"{key} {n}".encode(), key=key) for n in range(3) for key in keys]

    report = event_source(
        handler,
        items,
        parallelization_factor=4,
        batch_size=1,
        duration=random_durations(3, up_to=SECOND),
    )

    lanes = [each.lane for each in sorted(report.invocations, key=lambda each: each.at)]
    assert {0, 1, 2, 3} == set(lanes[:4])
    for key in keys:
        of_key = [data for (data,) in handler.delivered if data.startswith(f"{key} ")]
        assert [f"{key} 0", f"{key} 1", f"{key} 2"] == of_key


def test_an_updated_mapping_continues_from_what_is_done(event_source, handler):
    """What was out is delivered again: nobody noted how it ended."""
    report = event_source(
        handler,
        [b"a", b"b", TimePasses(time=SECOND), MappingUpdate(settings={"batch_size": 10})],
        batch_size=1,
        duration=lambda: 0.6 * SECOND,
    )

    assert [["a"], ["b"], ["b"]] == handler.delivered
    assert ["done", "superseded", "done"] == [each.how for each in report.invocations]


def test_a_recorded_event_is_delivered_at_the_pace_at_which_it_arrived(event_source, handler):
    recorded = json.loads((RECORDINGS / "kinesis_event_doc.json").read_text())

    report = event_source(handler, [recorded])

    first, second = report.invocations
    assert [["Hello, this is a test."], ["This is only a test."]] == handler.delivered
    assert 60 < (second.at - first.at).total_seconds() < 61
    assert "shardId-000000000006" == first.source


def test_a_recorded_change_of_a_table_is_delivered_as_recorded(event_source):
    recorded = json.loads((RECORDINGS / "ddb_stream_event_ledger.json").read_text())
    delivered: list[Any] = []

    event_source(lambda event, _: delivered.extend(event["Records"]), [recorded])

    assert recorded["Records"] == delivered


def a_change(number: int) -> dict[str, Any]:
    change = {
        "SequenceNumber": str(number),
        "ApproximateCreationDateTime": 1795262402.0,
        "Keys": {"pk": {"S": f"order-{number}"}},
    }
    return {"eventSource": "aws:dynamodb", "eventName": "INSERT", "dynamodb": change}


def test_a_table_s_change_that_is_discarded_is_written_as_one(event_source):
    report = event_source(
        lambda *_: None,
        [a_change(1), Raises(times=ALWAYS), a_change(2)],
        bisect_batch_on_error=True,
        retry_attempts=1,
    )

    (discards,) = report.discards
    assert ["1"] == report.done
    assert "2" == discards.failure["DDBStreamBatchInfo"]["startSequenceNumber"]


def test_a_table_s_stream_takes_no_records_of_kinesis(event_source, handler):
    with pytest.raises(NotAStreamItem):
        event_source(handler, [b"a"], source=SourceKind.DYNAMODB)


def test_at_latest_only_records_put_after_the_first_listing_are_delivered(event_source, handler):
    event_source(
        handler,
        [
            b"before",
            TimePasses(time=timedelta(0)),
            b"after",
            SplitShard(shard=FIRST),
            b"in a child",
        ],
        starting_position="LATEST",
    )

    assert [["after"], ["in a child"]] == handler.delivered


def test_a_fault_without_a_record_behind_it_is_refused(event_source, handler):
    with pytest.raises(FaultWithoutRecord):
        event_source(handler, [b"a", Raises()])


def test_a_message_is_not_for_a_stream(event_source, handler):
    with pytest.raises(NotAStreamItem):
        event_source(handler, [b"a", "a message"], stream=InMemoryStream())


def test_a_report_tells_its_story(event_source, handler):
    report = event_source(handler, [Raises(times=ALWAYS), b"secret"], retry_attempts=1)

    lines = str(report).splitlines()
    assert 3 == len(lines)
    assert lines[0].endswith("shardId-000000000000 lane 0  retried   1")
    assert lines[2].endswith("RetryAttemptsExhausted: 1")
    assert "secret" not in str(report)
