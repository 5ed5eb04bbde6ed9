import json

import boto3
import pytest
from botocore.stub import Stubber

from ordercast.gateways.messaging.topic import Topic, TopicMessage


@pytest.fixture
def sns(aws):
    return boto3.client("sns")


@pytest.fixture
def queue(sns):
    """A queue that hears the topic, with its raw messages read back."""
    topic_arn = sns.create_topic(Name="notifications")["TopicArn"]
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(
        TopicArn=topic_arn,
        Protocol="sqs",
        Endpoint=arn["QueueArn"],
        Attributes={
            "RawMessageDelivery": "true",
            "FilterPolicy": json.dumps({"channel": ["sms"]}),
        },
    )

    def merge_receipts() -> list[str]:
        answers = [sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10) for _ in range(5)]
        return [m["Body"] for answer in answers for m in answer.get("Messages", [])]

    return topic_arn, merge_receipts


def test_messages_reach_those_who_filter_for_their_attributes(sns, queue, executor) -> None:
    arn, merge_receipts = queue
    messages = [
        TopicMessage(body=f"{channel}-{n}", attributes={"channel": channel})
        for channel in ("sms", "email")
        for n in range(12)
    ]

    assert [True] * 24 == Topic(client=sns, arn=arn, executor=executor).publish(messages)
    assert {f"sms-{n}" for n in range(12)} == set(merge_receipts())


def test_an_entry_that_fails_inside_a_200_is_not_taken_for_published(sns, executor) -> None:
    """PublishBatch answers 200 and fails in part; its caller must hear which part."""
    with Stubber(sns) as stub:
        stub.add_response(
            "publish_batch",
            {
                "Successful": [{"Id": "1", "MessageId": "m"}],
                "Failed": [{"Id": "0", "Code": "Throttled", "SenderFault": False}],
            },
        )
        topic = Topic(
            client=sns, arn="arn:aws:sns:us-east-1:123456789012:notifications", executor=executor
        )

        assert [False, True] == topic.publish([TopicMessage(body="a"), TopicMessage(body="b")])


def test_an_answer_that_names_no_success_has_none(sns, executor) -> None:
    """SNS leaves out a list that would be empty; the relay would take the gap for a bug of ours."""
    with Stubber(sns) as stub:
        failed = [{"Id": "0", "Code": "InternalError", "SenderFault": False}]
        stub.add_response("publish_batch", {"Failed": failed})
        topic = Topic(
            client=sns, arn="arn:aws:sns:us-east-1:123456789012:notifications", executor=executor
        )

        assert [False] == topic.publish([TopicMessage(body="a")])


def test_a_call_that_fails_takes_none_of_its_ten_and_spares_the_next(sns, executor) -> None:
    with Stubber(sns) as stub:
        stub.add_client_error("publish_batch", "InternalError")
        stub.add_response("publish_batch", {"Successful": [{"Id": "0", "MessageId": "m"}]})
        topic = Topic(
            client=sns, arn="arn:aws:sns:us-east-1:123456789012:notifications", executor=executor
        )

        taken = topic.publish([TopicMessage(body=str(n)) for n in range(11)])

    assert [False] * 10 + [True] == taken
