"""What a redrive tells shops of changes that were given up is what the function would have told them."""

from types import SimpleNamespace
from typing import Any

import boto3
import msgspec
import pytest
from msgspec.structs import replace

from ordercast.errors import StatusTopicUnavailable
from ordercast.gateways import clients
from ordercast.operations import parked_sources
from ordercast.settings.stage_files import stage_settings
from ordercast.status_events.status_event import StatusEvent, source_of, status_event
from tests.aws_in_memory import aws_in_memory
from tests.examples import notification
from tests.fakes.stage_names import NAMES
from tests.status_events.changes import change, record


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch):
    """AWS as moto has it, and clients that this test alone makes."""
    clients.session.cache_clear()
    with aws_in_memory(monkeypatch):
        yield
    clients.session.cache_clear()


def target(topic: str) -> Any:
    """Return a stage whose shops hear of changes on *topic*, if it has one."""
    names = replace(NAMES, status_events_topic=topic)
    return SimpleNamespace(names=names, settings=stage_settings("dev"))


def test_given_up_changes_are_published_as_the_function_would_have() -> None:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="status-events")["TopicArn"]
    url = sqs.create_queue(QueueName="shop")["QueueUrl"]
    named = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=named["QueueArn"],
        Attributes={"RawMessageDelivery": "true"},
    )
    row = notification(version=3)

    parked_sources.republish(target(topic), [record(row)])
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    found = msgspec.json.decode(message["Body"], type=StatusEvent)
    assert status_event(change(row), source=source_of("dev")) == found


def test_events_that_sns_does_not_take_are_said_and_the_batch_stays() -> None:
    missing = "arn:aws:sns:us-east-1:123456789012:removed"
    with pytest.raises(StatusTopicUnavailable, match="1 status events were not published"):
        parked_sources.republish(target(missing), [record(notification())])


def test_a_stage_without_status_events_tells_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(clients, "sns_topics", lambda: made.append("a client"))
    parked_sources.republish(target(""), [record(notification())])

    assert [] == made
