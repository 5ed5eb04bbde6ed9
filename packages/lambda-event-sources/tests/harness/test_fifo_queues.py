"""Run a handler on a FIFO queue: groups stay in order through failures, with any number of pollers."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lambda_event_sources.harness.items import ALWAYS, Raises, ReportsFailure, Send
from lambda_event_sources.harness.queue_run import NotAQueueItem
from lambda_event_sources.harness.run import random_durations
from lambda_event_sources.limits import InvalidSetting
from lambda_event_sources.queues.fifo_queue import FifoQueue
from lambda_event_sources.queues.standard_queue import StandardQueue

RECORDINGS = Path(__file__).parents[1] / "recordings"
MINUTE = timedelta(minutes=1)


def a_queue(**settings: Any) -> FifoQueue:
    return FifoQueue(**dict[str, Any](name="orders.fifo", visibility_timeout=6 * MINUTE) | settings)


def delivered(report: Any) -> list[list[str]]:
    return [[m.event["body"] for m in each.records] for each in report.invocations]


def failing_the_rest(first: str) -> Any:
    """Return a handler that stops at a body, once, and names it and all behind it, as AWS advises."""
    left = [first]

    def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
        bodies = [record["body"] for record in event["Records"]]
        failed = event["Records"][bodies.index(left.pop()) :] if {*left} & {*bodies} else []
        return {"batchItemFailures": [{"itemIdentifier": m["messageId"]} for m in failed]}

    return handler


def test_groups_are_delivered_in_order_and_a_failing_one_holds_up_no_other(event_source):
    items = [
        Raises(times=2),
        Send(body="g1", group="g"),
        Send(body="h1", group="h"),
        Send(body="g2", group="g"),
    ]

    report = event_source(lambda *_: None, items, queue=a_queue(), batch_size=1)

    assert [["g1"], ["h1"], ["g1"], ["g1"], ["g2"]] == delivered(report)
    assert [] == report.out_of_order


def test_a_group_s_messages_are_never_in_two_batches_at_once(event_source):
    items: list[Any] = [Send(body=f"{group}{n}", group=group) for n in range(8) for group in "ghi"]
    items.insert(5, Raises(times=2))

    report = event_source(
        lambda *_: None,
        items,
        queue=a_queue(),
        pollers=4,
        duration=random_durations(5, up_to=MINUTE),
    )

    ended: dict[str, list[str]] = {}
    for each in report.invocations:
        for message in each.done:
            ended.setdefault(message.group, []).append(message.event["body"])
    assert {group: [f"{group}{n}" for n in range(8)] for group in "ghi"} == ended
    assert len({each.lane for each in report.invocations}) > 1


def test_a_partial_answer_that_names_the_rest_stops_the_group_there(event_source):
    items = [Send(body=body, group="g") for body in ("1", "2", "3")]

    report = event_source(failing_the_rest("2"), items, queue=a_queue())

    assert [["1", "2", "3"], ["2", "3"]] == delivered(report)
    assert [] == report.out_of_order


def test_an_answer_that_names_one_message_leaves_it_out_of_order(event_source):
    items = [
        Send(body="1", group="g"),
        ReportsFailure(),
        Send(body="2", group="g"),
        Send(body="3", group="g"),
    ]

    report = event_source(lambda *_: None, items, queue=a_queue())

    assert [["1", "2", "3"], ["2"]] == delivered(report)
    assert ["orders.fifo-2"] == report.out_of_order


def test_messages_of_other_groups_are_not_out_of_order(event_source):
    items = [ReportsFailure(), Send(body="1", group="g"), Send(body="2", group="h")]

    report = event_source(lambda *_: None, items, queue=a_queue())

    assert [] == report.out_of_order


def test_a_group_goes_on_when_its_poison_is_a_dead_letter(event_source):
    items = [Raises(times=ALWAYS), Send(body="poison", group="g"), Send(body="2", group="g")]

    report = event_source(lambda *_: None, items, queue=a_queue(max_receive_count=2), batch_size=1)

    assert [("DeadLetter", ["orders.fifo-1"])] == report.discarded
    assert [["poison"], ["poison"], ["2"]] == delivered(report)


def test_a_recorded_message_of_a_fifo_queue_is_delivered_with_its_group(event_source):
    recorded = json.loads((RECORDINGS / "sqs_fifo_event_doc.json").read_text())

    report = event_source(lambda *_: None, [recorded])

    (message,) = report.invocations[0].records
    was = recorded["Records"][0]["attributes"]
    for name in ("SequenceNumber", "MessageGroupId", "MessageDeduplicationId", "SenderId"):
        assert was[name] == message.event["attributes"][name]
    assert "queue.fifo" == report.invocations[0].source


def test_what_is_sent_twice_is_delivered_once(event_source):
    twice = [Send(body="1", group="g", deduplication="d")] * 2

    assert [["1"]] == delivered(event_source(lambda *_: None, twice))


@pytest.mark.parametrize(
    ("queue", "item"),
    [
        (a_queue(), Send(body="a", delay=MINUTE)),
        (StandardQueue(name="q", visibility_timeout=MINUTE), Send(body="a", group="g")),
        (StandardQueue(name="q", visibility_timeout=MINUTE), Send(body="a", deduplication="d")),
    ],
)
def test_a_message_for_the_other_kind_of_queue_is_refused(event_source, queue, item):
    with pytest.raises(NotAQueueItem):
        event_source(lambda *_: None, [item], queue=queue)


@pytest.mark.parametrize("setting", [{"batch_size": 20}, {"max_batching_window": MINUTE}])
def test_settings_that_aws_refuses_for_a_fifo_queue_are_refused(event_source, setting):
    with pytest.raises(InvalidSetting):
        event_source(lambda *_: None, ["a"], queue=a_queue(), **setting)
