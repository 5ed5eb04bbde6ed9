"""Run a handler on a queue: visibility, receive counts, dead letters, redelivery."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lambda_event_sources.harness.items import (
    ALWAYS,
    Raises,
    Redelivery,
    ReportsFailure,
    Returns,
    Send,
    SplitShard,
    Throttled,
    TimePasses,
)
from lambda_event_sources.harness.queue_run import NotAQueueItem
from lambda_event_sources.queues.standard_queue import StandardQueue

RECORDINGS = Path(__file__).parents[1] / "recordings"
MINUTE = timedelta(minutes=1)


class Handler:
    """Notes what it was delivered and how often that was received."""

    def __init__(self) -> None:
        self.delivered: list[list[tuple[str, str]]] = []

    def __call__(self, event: dict[str, Any], _: Any) -> None:
        self.delivered.append(
            [
                (record["body"], record["attributes"]["ApproximateReceiveCount"])
                for record in event["Records"]
            ]
        )


@pytest.fixture
def handler() -> Handler:
    return Handler()


def a_queue(**settings: Any) -> StandardQueue:
    return StandardQueue(
        **dict[str, Any](name="sms-high", visibility_timeout=6 * MINUTE) | settings
    )


def test_messages_are_delivered_and_deleted(event_source, handler):
    report = event_source(handler, ["a", "b"])

    assert [[("a", "1"), ("b", "1")]] == handler.delivered
    assert ["queue-1", "queue-2"] == report.done


def test_only_a_failed_message_comes_back_when_its_visibility_ends(event_source, handler):
    report = event_source(handler, ["a", ReportsFailure(), "b", "c"], queue=a_queue())

    assert [[("a", "1"), ("b", "1"), ("c", "1")], [("b", "2")]] == handler.delivered
    first, second = report.invocations
    assert 6 * MINUTE == second.at - first.at


def test_an_error_returns_the_whole_batch(event_source, handler):
    event_source(handler, ["a", Raises(), "b"])

    assert [[("a", "2"), ("b", "2")]] == handler.delivered


def test_an_unknown_message_in_the_answer_returns_the_whole_batch(event_source, handler):
    answer = {"batchItemFailures": [{"itemIdentifier": "nobody"}]}

    event_source(handler, [Returns(response=answer), "a", "b"])

    assert [[("a", "1"), ("b", "1")], [("a", "2"), ("b", "2")]] == handler.delivered


def test_a_poison_message_ends_as_a_dead_letter(event_source, handler):
    queue = a_queue(max_receive_count=3)

    report = event_source(handler, [Raises(times=ALWAYS), "poison"], queue=queue)

    assert [("DeadLetter", ["sms-high-1"])] == report.discarded
    assert 3 == len(report.invocations)
    assert ["poison"] == [message.body for message in queue.dead_letters]


def test_a_throttled_invocation_uses_up_a_receive(event_source, handler):
    report = event_source(
        handler, [Throttled(times=ALWAYS), "a"], queue=a_queue(max_receive_count=2)
    )

    assert 2 == len(report.not_invoked)
    assert [("DeadLetter", ["sms-high-1"])] == report.discarded
    assert [] == handler.delivered


def test_a_message_may_be_delivered_again_though_it_was_deleted(event_source, handler):
    event_source(handler, [Redelivery(), "a"])

    assert [[("a", "1")], [("a", "2")]] == handler.delivered


def test_messages_come_when_they_are_sent_and_visible(event_source, handler):
    event_source(handler, [Send(body="late", delay=5 * MINUTE), TimePasses(time=MINUTE), "early"])

    assert [[("early", "1")], [("late", "1")]] == handler.delivered


def test_filtered_messages_are_gone_and_counted(event_source, handler):
    queue = a_queue()

    report = event_source(handler, ["a", "b", "c"], queue=queue, filters=('{"body": ["b"]}',))

    assert [[("b", "1")]] == handler.delivered
    assert ["sms-high-1", "sms-high-3"] == report.filtered
    assert ["sms-high-2"] == report.done
    assert [] == queue.messages


def test_pollers_deliver_batches_concurrently(event_source, handler):
    report = event_source(
        handler, list("abcd"), batch_size=1, pollers=2, duration=lambda: MINUTE, queue=a_queue()
    )

    assert [0, 1, 0, 1] == [each.lane for each in report.invocations]
    assert MINUTE == report.invocations[-1].at - report.invocations[0].at


def test_recorded_messages_are_delivered_with_their_attributes(event_source):
    recorded = json.loads((RECORDINGS / "sqs_event_sns_raw.json").read_text())
    delivered: list[Any] = []

    event_source(lambda event, _: delivered.extend(event["Records"]), [recorded])

    for was, came in zip(recorded["Records"], delivered, strict=True):
        assert (was["messageId"], was["body"]) == (came["messageId"], came["body"])
        assert was["messageAttributes"] == came["messageAttributes"]


def test_a_split_is_not_for_a_queue(event_source, handler):
    with pytest.raises(NotAQueueItem):
        event_source(handler, ["a", SplitShard(shard="s")])
