"""Run a handler on tumbling windows: state from batch to batch, and final invocations."""

from datetime import timedelta
from typing import Any

import pytest

from lambda_event_sources.harness.items import (
    MappingUpdate,
    Put,
    Raises,
    ReportsFailure,
    RollOverShard,
    SplitShard,
    TimePasses,
)
from lambda_event_sources.mapping import SourceKind
from lambda_event_sources.streams.in_memory_stream import InMemoryStream

MINUTE = timedelta(minutes=1)
FIRST = "shardId-000000000000"


class Counter:
    """Counts what it is delivered in the window's state, and notes the counts that it made an end of."""

    def __init__(self) -> None:
        self.ends: list[int] = []

    def __call__(self, event: dict[str, Any], _: Any) -> dict[str, Any]:
        count = event["state"].get("count", 0)
        if event["isFinalInvokeForWindow"]:
            self.ends.append(count)
        return {"state": {"count": count + len(event["Records"])}}


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_each_window_is_counted_to_its_end(event_source, counter):
    report = event_source(
        counter,
        [b"a", b"b", b"c", TimePasses(time=MINUTE), b"d"],
        tumbling_window=MINUTE,
        batch_size=2,
    )

    assert [3, 1] == counter.ends
    assert [["1", "2"], ["3"], [], ["4"], []] == report.invoked
    assert ["1", "2", "3", "4"] == report.done
    assert MINUTE == report.window_ends[1].at - report.window_ends[0].at
    assert 2 == str(report).count("the end of 2026-03-02T09:3")


def test_what_is_tried_again_is_counted_once(event_source, counter):
    items = [b"a", Raises(times=2), b"b", Raises(late=True), b"c", ReportsFailure(), b"d"]

    event_source(counter, items, tumbling_window=MINUTE, batch_size=1)

    assert [4] == counter.ends


def test_a_handler_that_returns_no_state_fails(event_source):
    report = event_source(lambda *_: None, [b"a"], tumbling_window=MINUTE, retry_attempts=1)

    assert [("RetryAttemptsExhausted", ["1"])] == report.discarded
    assert [] == report.window_ends


def test_an_end_that_fails_holds_up_the_next_window_until_it_succeeds(event_source):
    failures = [ValueError(), ValueError()]

    def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
        if event["isFinalInvokeForWindow"] and failures:
            raise failures.pop()
        return {"state": {}}

    report = event_source(handler, [b"a", TimePasses(time=MINUTE), b"b"], tumbling_window=MINUTE)

    assert [["1"], [], [], [], ["2"], []] == report.invoked


def test_an_end_that_never_succeeds_ends_with_the_stream_s_retention(event_source):
    def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
        if event["isFinalInvokeForWindow"]:
            raise ValueError
        return {"state": {}}

    report = event_source(handler, [b"a"], tumbling_window=MINUTE, retention=10 * MINUTE)

    assert [("Expired", [])] == report.discarded


def test_who_goes_on_for_another_counts_the_window_anew(event_source, counter):
    event_source(
        counter,
        [b"a", b"b", TimePasses(time=MINUTE / 6), MappingUpdate(), b"c"],
        tumbling_window=MINUTE,
        batch_size=1,
    )

    assert [3] == counter.ends


@pytest.mark.parametrize("change", [RollOverShard(shard=FIRST), SplitShard(shard=FIRST)])
def test_a_window_does_not_go_on_over_a_resharding(event_source, counter, change):
    event_source(counter, [b"a", b"b", change, b"c"], tumbling_window=MINUTE)

    assert [2, 1] == counter.ends


def test_each_shard_has_windows_of_its_own(event_source, counter):
    items = [Put(key=f"o-{n}", data=b"a") for n in range(20)]

    report = event_source(counter, items, tumbling_window=MINUTE, stream=InMemoryStream(shards=2))

    assert 2 == len(counter.ends)
    assert 20 == sum(counter.ends)
    assert {each.source for each in report.window_ends} == {
        each.window_fields["shardId"] for each in report.window_ends
    }


def test_what_is_filtered_is_not_counted_and_lets_time_pass(event_source, counter):
    report = event_source(
        counter,
        [b"{}", TimePasses(time=MINUTE), b"no JSON"],
        tumbling_window=MINUTE,
        filters=('{"data": {"a": [{"exists": false}]}}',),
    )

    assert [1] == counter.ends
    assert ["2"] == report.filtered


def test_a_table_s_changes_have_windows_too(event_source, counter):
    def change(number: int, seconds: int) -> dict[str, Any]:
        moment = {
            "SequenceNumber": str(number),
            "ApproximateCreationDateTime": 1795262400.0 + seconds,
        }
        return {"eventSource": "aws:dynamodb", "eventName": "INSERT", "dynamodb": moment}

    event_source(
        counter,
        [change(1, 0), change(2, 59), change(3, 60)],
        source=SourceKind.DYNAMODB,
        tumbling_window=MINUTE,
    )

    assert [2, 1] == counter.ends
