"""A message on the notifications topic holds an id and its routing, and nothing personal."""

import boto3
import pytest
from botocore.stub import Stubber

from ordercast.events.order_event import Channel
from ordercast.gateways.messaging.notifications_topic import SnsNotificationsTopic
from ordercast.gateways.messaging.topic import Topic
from tests.examples import notification

ARN = "arn:aws:sns:us-east-1:123456789012:notifications"


@pytest.mark.parametrize("channel", Channel)
def test_a_message_is_an_id_and_nothing_else(aws, executor, channel: Channel) -> None:
    """Any shop's own consumer may subscribe: contacts and orders are on the ledger alone."""
    row = notification(1, channel, customer_id="c-1", campaign="spring")
    attributes = {
        "channel": channel,
        "priority": "normal",
        "template": "confirmed",
        "status": "confirmed",
    }
    entry = {
        "Id": "0",
        "Message": f'{{"notification_id":"{row.id}"}}',
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": str(value)}
            for name, value in attributes.items()
        },
    }
    sns = boto3.client("sns")
    with Stubber(sns) as stub:
        stub.add_response(
            "publish_batch",
            {"Successful": [{"Id": "0", "MessageId": "m"}], "Failed": []},
            {"TopicArn": ARN, "PublishBatchRequestEntries": [entry]},
        )
        notifications_topic = SnsNotificationsTopic(
            topic=Topic(client=sns, arn=ARN, executor=executor)
        )

        assert {row.id} == notifications_topic.publish([row])
