"""Send the same texts in the plain way: for each order one call after the other. Compared by `make bench`.

Nothing here is made slow: clients are warm and shared, the calls are the cheapest of their kind.
It promises less: what crashes between two calls, or comes twice, is sent twice or not at all.
"""

import json
import time
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3

from ordercast.people.person import Person

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

CAP = 20
HOUR = 3600

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCallAtATime:
    """Two functions that share their clients: orders to a queue, the queue to the provider."""

    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"
    sns: "SNSClient"
    cloudwatch: "CloudWatchClient"
    queue: str

    def remember(self, customers: Sequence[Person]) -> None:
        """Store each customer's preferences."""
        for customer in customers:
            self.dynamodb.put_item(
                TableName="preferences",
                Item={
                    "customer_id": {"S": customer.customer_id or ""},
                    "phone": {"S": customer.phone or ""},
                    "channels": {"SS": [str(channel) for channel in customer.consents]},
                },
            )

    def relay(self, event: Record) -> None:
        """Log and queue a text for each order of a stream's batch."""
        queued = sum(self._relay(record) for record in event["Records"])
        self._count("Queued", queued)

    def send(self, _channel: str, event: Record) -> None:
        """Send each text of a queue's batch."""
        sent = sum(self._send(json.loads(record["body"])) for record in event["Records"])
        self._count("Sent", sent)

    def _relay(self, record: Record) -> bool:
        order = json.loads(b64decode(record["kinesis"]["data"]))
        customer = self.dynamodb.get_item(
            TableName="preferences", Key={"customer_id": {"S": order["customer_id"]}}
        )["Item"]
        if order["channel"] not in customer["channels"]["SS"] or self._is_over_cap(order):
            return False
        notification_id = str(uuid4())
        phone = customer["phone"]["S"]
        self.dynamodb.put_item(
            TableName="log",
            Item={
                "notification_id": {"S": notification_id},
                "customer_id": {"S": order["customer_id"]},
                "order_id": {"S": order["order_id"]},
                "recipient": {"S": phone},
                "state": {"S": "queued"},
                "at": {"N": str(int(time.time()))},
            },
        )
        text = f"{order['shop']}: thank you for order {order['order_id']}. {order['tracking_url']}"
        message = {"notification_id": notification_id, "phone": phone, "text": text}
        self.sqs.send_message(QueueUrl=self.queue, MessageBody=json.dumps(message))
        return True

    def _is_over_cap(self, order: Record) -> bool:
        count = self.dynamodb.query(
            TableName="log",
            IndexName="by-customer",
            KeyConditionExpression="customer_id = :customer AND #at > :since",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={
                ":customer": {"S": order["customer_id"]},
                ":since": {"N": str(int(time.time()) - HOUR)},
            },
            Select="COUNT",
        )["Count"]
        return count >= CAP

    def _send(self, message: Record) -> bool:
        if self.sns.check_if_phone_number_is_opted_out(phoneNumber=message["phone"])["isOptedOut"]:
            return False
        answer = self.sns.publish(
            PhoneNumber=message["phone"],
            Message=message["text"],
            MessageAttributes={
                "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}
            },
        )
        key = {"notification_id": {"S": message["notification_id"]}}
        self.dynamodb.put_item(
            TableName="messages", Item={"message_id": {"S": answer["MessageId"]}, **key}
        )
        self.dynamodb.update_item(
            TableName="log",
            Key=key,
            UpdateExpression="SET #state = :state, #message = :message",
            ExpressionAttributeNames={"#state": "state", "#message": "message_id"},
            ExpressionAttributeValues={
                ":state": {"S": "sent"},
                ":message": {"S": answer["MessageId"]},
            },
        )
        return True

    def _count(self, name: str, value: int) -> None:
        self.cloudwatch.put_metric_data(
            Namespace="Notifications",
            MetricData=[{"MetricName": name, "Value": value, "Unit": "Count"}],
        )


def wired() -> OneCallAtATime:
    """Build it with clients of the default session."""
    return OneCallAtATime(
        dynamodb=boto3.client("dynamodb"),
        sqs=boto3.client("sqs"),
        sns=boto3.client("sns"),
        cloudwatch=boto3.client("cloudwatch"),
        queue="https://sqs.us-east-1.amazonaws.com/123456789012/texts",
    )
