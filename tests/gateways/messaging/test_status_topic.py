"""Status events reach the queues of the shops that they are about, on SNS and in memory."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any

import boto3
import msgspec
import pytest
from msgspec.structs import replace

from ordercast.gateways.messaging.status_topic import SnsStatusTopic
from ordercast.gateways.messaging.topic import Topic
from ordercast.status_events.status_event import StatusEvent
from tests.fakes.status_topic import FakeStatusTopic
from tests.promises.status_topic import Listening, StatusTopicPromises, events

Subscribe = Callable[..., Listening]


@pytest.fixture
def subscribe(aws) -> Iterator[Subscribe]:
    """Subscribe a queue with a filter policy to a new topic; what returned waits for so many events."""
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="status-events")["TopicArn"]

    def subscribing(**policy: list[Any]) -> Listening:
        url = sqs.create_queue(QueueName=f"shop-{len(policy)}")["QueueUrl"]
        named = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        attributes = {"RawMessageDelivery": "true"}
        if policy:
            attributes["FilterPolicy"] = json.dumps(policy)
        sns.subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=named["QueueArn"], Attributes=attributes
        )

        def listening(count: int) -> list[StatusEvent]:
            asked = range(count // 10 + 2)
            answers = [sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10) for _ in asked]
            bodies = [m["Body"] for answer in answers for m in answer.get("Messages", [])]
            return [msgspec.json.decode(each, type=StatusEvent) for each in bodies]

        return listening

    yield subscribing
    sns.delete_topic(TopicArn=topic)


@pytest.fixture
def on_sns(subscribe: Subscribe, executor: Executor) -> SnsStatusTopic:
    """The topic that `subscribe` subscribes to."""
    sns = boto3.client("sns")
    (found,) = sns.list_topics()["Topics"]
    return SnsStatusTopic(topic=Topic(client=sns, arn=found["TopicArn"], executor=executor))


class TestSnsStatusTopic(StatusTopicPromises):
    """On SNS, as moto has it."""

    @pytest.fixture
    def status_topic(self, on_sns: SnsStatusTopic) -> SnsStatusTopic:
        return on_sns

    @pytest.fixture
    def listening(self, subscribe: Subscribe) -> Listening:
        return subscribe()

    def test_a_queue_hears_of_the_shop_and_the_state_that_it_filters_by(
        self, on_sns: SnsStatusTopic, subscribe: Subscribe
    ) -> None:
        own, other = events(2)
        of_other = replace(other, data=replace(other.data, shop="Another Shop"))
        listening = subscribe(shop=["Example Tea"], state=["waiting"])

        on_sns.publish([own, of_other])
        assert [own] == list(listening(2))


class TestFakeStatusTopic(StatusTopicPromises):
    """In memory."""

    @pytest.fixture
    def status_topic(self) -> FakeStatusTopic:
        return FakeStatusTopic()

    @pytest.fixture
    def listening(self, status_topic: FakeStatusTopic) -> Listening:
        return lambda _: status_topic.published
