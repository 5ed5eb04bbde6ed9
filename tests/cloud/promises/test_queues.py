"""Topic, parked records and queues keep the promises of `tests/promises` against the emulator's APIs."""

import json
from base64 import b64decode
from concurrent.futures import Executor
from datetime import timedelta
from typing import Any

import pytest

from local_cloud.cloud import LocalCloud
from ordercast.events.order_event import Channel, Priority
from ordercast.gateways.messaging.notifications_topic import SnsNotificationsTopic
from ordercast.gateways.messaging.receipt_queue import SqsReceiptQueue
from ordercast.gateways.messaging.topic import Topic
from ordercast.gateways.messaging.visibility import SqsVisibility
from ordercast.gateways.messaging.work_queues import SqsWorkQueues
from ordercast.gateways.parked.records import S3ParkedRecords
from tests.cloud.promises.fresh_resources import client, fresh
from tests.eventually import eventually
from tests.fakes.clock import START
from tests.promises.notifications_topic import Heard, Listener, NotificationsTopicPromises
from tests.promises.parked_records import Kept, ParkedRecordsPromises
from tests.promises.receipt_queue import InboundEvent, ReceiptQueuePromises
from tests.promises.work_queues import Holding, WorkQueuesPromises


class TestSnsNotificationsTopic(NotificationsTopicPromises):
    @pytest.fixture
    def topic(self, cloud: LocalCloud, executor: Executor) -> Topic:
        sns = client(cloud, "sns")
        arn = sns.create_topic(Name=fresh("topic"))["TopicArn"]
        return Topic(client=sns, arn=arn, executor=executor)

    @pytest.fixture
    def notifications_topic(self, topic: Topic) -> SnsNotificationsTopic:
        return SnsNotificationsTopic(topic=topic)

    @pytest.fixture
    def listening(self, cloud: LocalCloud, topic: Topic) -> Listener:
        """A queue that hears the topic raw, as the senders' queues do."""
        sqs = client(cloud, "sqs")
        url = sqs.create_queue(QueueName=fresh("queue"))["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        topic.client.subscribe(
            TopicArn=topic.arn,
            Protocol="sqs",
            Endpoint=attributes["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )
        received: Heard = []

        def listen(until: int) -> Heard:
            def enough_was_received() -> bool:
                answer = sqs.receive_message(
                    QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
                )
                received.extend(_published(message) for message in answer.get("Messages", []))
                return len(received) >= until

            eventually(enough_was_received)
            return received

        return listen


def _published(message: Any) -> tuple[str, dict[str, str]]:
    attributes = message["MessageAttributes"]
    body = json.loads(message["Body"])
    assert ["notification_id"] == list(body)
    return body["notification_id"], {k: v["StringValue"] for k, v in attributes.items()}


class TestS3ParkedRecords(ParkedRecordsPromises):
    @pytest.fixture
    def parked(self, cloud: LocalCloud) -> S3ParkedRecords:
        s3, bucket = client(cloud, "s3"), fresh("bucket")
        s3.create_bucket(Bucket=bucket)
        return S3ParkedRecords(client=s3, bucket=bucket)

    @pytest.fixture
    def kept(self, parked: S3ParkedRecords) -> Kept:
        def kept() -> list[tuple[str, str, str, bytes]]:
            s3, bucket = parked.client, parked.bucket
            listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
            bodies = [s3.get_object(Bucket=bucket, Key=o["Key"])["Body"].read() for o in listed]
            lines = [json.loads(line) for body in bodies for line in body.splitlines()]
            return [
                (_position(x), x["reason"], x["detail"], b64decode(x["payload"])) for x in lines
            ]

        return kept


def _position(line: dict[str, Any]) -> str:
    index = line["index"]
    return line["sequence_number"] + ("" if index is None else f".{index}")


class TestSqsWorkQueues(WorkQueuesPromises):
    @pytest.fixture
    def work_queues(self, cloud: LocalCloud, executor: Executor) -> SqsWorkQueues:
        sqs = client(cloud, "sqs")
        urls = {
            (channel, priority): sqs.create_queue(QueueName=fresh("queue"))["QueueUrl"]
            for channel in Channel
            for priority in Priority
        }
        return SqsWorkQueues(client=sqs, urls=urls, executor=executor)

    @pytest.fixture
    def hold(self, work_queues: SqsWorkQueues) -> Holding:
        """Of the messages one is at work, and one is delayed."""

        def hold(channel: Channel, priority: Priority, messages: int) -> None:
            url = work_queues.urls[channel, priority]
            for number in range(messages):
                delay = 60 if number == 1 else 0
                work_queues.client.send_message(QueueUrl=url, MessageBody="{}", DelaySeconds=delay)
            work_queues.client.receive_message(QueueUrl=url)

        return hold


class TestSqsReceiptQueue(ReceiptQueuePromises):
    @pytest.fixture
    def receipts(self, cloud: LocalCloud) -> SqsReceiptQueue:
        sqs = client(cloud, "sqs")
        return SqsReceiptQueue(
            client=sqs,
            cloudwatch=client(cloud, "cloudwatch"),
            url=sqs.create_queue(QueueName=fresh("queue"))["QueueUrl"],
            dead_letters_url=sqs.create_queue(QueueName=fresh("letters"))["QueueUrl"],
        )

    @pytest.fixture
    def arrive(self, receipts: SqsReceiptQueue) -> InboundEvent:
        return lambda: _discard(
            receipts.client.send_message(QueueUrl=receipts.url, MessageBody="{}")
        )

    @pytest.fixture
    def taken(self, receipts: SqsReceiptQueue) -> InboundEvent:
        return lambda: _discard(receipts.client.receive_message(QueueUrl=receipts.url))

    def test_a_receipt_that_is_held_back_is_still_to_come(self, receipts: SqsReceiptQueue) -> None:
        receipts.client.send_message(QueueUrl=receipts.url, MessageBody="{}", DelaySeconds=60)

        assert receipts.applied_until(now=START) is None

    def test_a_dead_letter_was_never_applied(self, receipts: SqsReceiptQueue) -> None:
        receipts.client.send_message(QueueUrl=receipts.dead_letters_url, MessageBody="{}")

        assert receipts.applied_until(now=START) is None


def _discard(_: object) -> None:
    """Make a statement of a call."""


def test_a_message_is_redelivered_when_its_visibility_timeout_ends(cloud: LocalCloud) -> None:
    """And no other: each has a wait of its own."""
    sqs = client(cloud, "sqs")
    url = sqs.create_queue(QueueName=fresh("queue"), Attributes={"VisibilityTimeout": "600"})[
        "QueueUrl"
    ]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    for body in ("now", "later"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    handles = {m["Body"]: m["ReceiptHandle"] for m in _received(sqs, url)}
    SqsVisibility(client=sqs).delay(
        arn, {handles["now"]: timedelta(), handles["later"]: timedelta(hours=1)}
    )

    assert ["now"] == [message["Body"] for message in _received(sqs, url)]


def _received(sqs: Any, url: str) -> list[Any]:
    return list(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []))
