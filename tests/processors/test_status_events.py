"""The handler of status events publishes what changed and asks for what SNS did not take again."""

from collections.abc import Mapping
from io import StringIO
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.wiring.status_events import publish_status_events
from processors import status_events
from tests.examples import EMAIL, notification
from tests.fakes.status_topic import FakeStatusTopic
from tests.status_events.changes import record


class Context:
    aws_request_id = "r-1"


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> FakeStatusTopic:
    """The topic that the handler publishes on, of stage dev."""
    topic = FakeStatusTopic()
    publish = publish_status_events(topic, stage="dev")
    monkeypatch.setattr(status_events, "_wired", lambda: publish)
    return topic


def handle(*records: Mapping[str, Any]) -> list[str]:
    answer = status_events.handler({"Records": list(records)}, Context())  # type: ignore[arg-type]  # a stand-in for the context
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def test_a_batch_is_published_and_nothing_is_asked_for_again(topic) -> None:
    rows = [notification(n) for n in (1, 2)]

    assert [] == handle(*(record(row, number=n) for n, row in enumerate(rows, start=101)))
    assert [f"{row.id}.1" for row in rows] == [each.id for each in topic.published]
    assert {"urn:ordercast:stage:dev"} == {each.source for each in topic.published}


def test_the_stream_is_read_again_from_the_first_change_that_was_not_taken(topic) -> None:
    """What comes after it is published twice, under the same ids."""
    rows = [notification(n) for n in range(4)]
    batch = [record(row, number=n) for n, row in enumerate(rows, start=101)]
    topic.takes = lambda event: event.subject not in {rows[1].id, rows[3].id}

    assert ["102"] == handle(*batch)


def test_an_event_whose_answer_was_lost_comes_again_under_the_same_id(topic) -> None:
    topic.hears = lambda _: False
    batch = [record(notification(), number=101)]

    assert ["101"] == handle(*batch)
    topic.hears = lambda _: True
    assert [] == handle(*batch)
    first, again = topic.published
    assert first == again


def test_a_batch_of_claims_publishes_nothing(topic) -> None:
    assert [] == handle(record(replace(notification(), state=State.SENDING)))
    assert [] == topic.published


def test_a_row_that_cannot_be_read_is_logged_by_its_error_alone(topic) -> None:
    """It would fail each time, and hold up its shard until it is too old."""
    broken = record(notification(1))
    broken["dynamodb"]["NewImage"]["version"] = {"N": EMAIL}
    said = StringIO()
    log = Logger(service="unreadable", stream=said)
    batch = {"Records": [broken, record(notification(2), number=2)]}

    answer = status_events.respond(batch, publish_status_events(topic, stage="dev"), log)
    assert {"batchItemFailures": []} == answer
    assert [notification(2).id] == [each.subject for each in topic.published]
    assert "ValueError" in said.getvalue()
    assert EMAIL not in said.getvalue()
