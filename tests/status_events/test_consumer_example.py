"""The example's consumer keeps the highest version of each message, whatever comes how often."""

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import permutations
from typing import Any

import boto3
import msgspec
import pytest
from moto import mock_aws
from msgspec.structs import replace

from ordercast.gateways.messaging.status_topic import message_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.status_events.status_event import StatusEvent, status_event
from tests.examples import notification
from tests.status_events.changes import change
from tests.status_events.example import example

consumer = example("consumer")


def body(row: Notification, *, source: str = "urn:ordercast:stage:prod") -> str:
    return message_of(status_event(change(row), source=source)).body


def life() -> list[str]:
    states = (State.REQUESTED, State.SENT, State.FAILED, State.DELIVERED)
    rows = [replace(notification(), state=s, version=n) for n, s in enumerate(states, start=1)]
    return [body(each) for each in rows]


@pytest.fixture
def statuses() -> Iterator[Any]:
    with closing(consumer.Statuses(":memory:")) as kept:
        yield kept


def test_the_highest_version_is_kept_in_whatever_order_and_number_events_come() -> None:
    for some in permutations(life()):
        with closing(consumer.Statuses(":memory:")) as statuses:
            for each in (*some, *some[::2]):
                statuses.take(each)
            assert [("email", "delivered", None)] == statuses.of_order("o-1")


def test_an_event_that_is_known_or_older_is_no_news(statuses) -> None:
    first, *_, last = life()

    assert [True, False, False] == [statuses.take(each) for each in (last, last, first)]


def test_messages_of_an_order_and_of_two_stages_are_kept_apart(statuses) -> None:
    row = notification(state=State.SENT, version=9)
    statuses.take(body(row))
    statuses.take(body(replace(row, version=2), source="urn:ordercast:stage:dev"))

    assert 2 == len(statuses.of_order("o-1"))


def test_an_event_of_another_type_is_passed_over_and_new_fields_are_ignored(statuses) -> None:
    event = json.loads(life()[0])
    event["data"]["field_of_next_year"] = 1
    event["extension"] = "x"

    assert not statuses.take(json.dumps(event | {"type": "ordercast.notification.status.v2"}))
    assert statuses.take(json.dumps(event))


@pytest.mark.parametrize("written", ["not JSON", "{}", '{"specversion": "0.3", "type": "x"}'])
def test_what_is_no_event_is_refused(statuses, written: str) -> None:
    with pytest.raises(ValueError, match=r"CloudEvent|Expecting"):
        statuses.take(written)


@mock_aws
def test_what_is_stored_leaves_the_queue_and_what_cannot_be_read_stays(
    statuses, capsys, monkeypatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    sqs = boto3.client("sqs", region_name="us-east-1")
    url = sqs.create_queue(QueueName="statuses", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
    for each in (life()[-1], "not JSON"):
        sqs.send_message(QueueUrl=url, MessageBody=each)

    assert 2 == consumer.drain(sqs, url, statuses, wait=0)
    assert 1 == consumer.drain(sqs, url, statuses, wait=0)
    said = capsys.readouterr()
    assert "o-1 email delivered" in said.out
    assert "left in the queue" in said.err


def test_the_example_knows_the_type_that_is_published() -> None:
    event = msgspec.json.decode(life()[0], type=StatusEvent)
    assert consumer.TYPE == event.type
