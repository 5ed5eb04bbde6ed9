"""Receive, delete and count the messages of one SQS queue. Used by the queue driver."""

from collections.abc import Sequence
from typing import Any

from lambda_event_sources.events import QueueMessage, sqs_message
from lambda_event_sources.queues.queue_batcher import RECEIVE_LIMIT


class QueueApi:
    """One queue through an SQS client; its URL is looked up with the first call."""

    def __init__(self, sqs: Any, queue_arn: str) -> None:  # noqa: ANN401
        self._sqs = sqs
        self._arn = queue_arn
        self._found = ""

    def receive(self, up_to: int, *, wait_seconds: int) -> list[QueueMessage]:
        """Receive at most so many messages, with all their attributes."""
        response = self._sqs.receive_message(
            QueueUrl=self._url(),
            MaxNumberOfMessages=up_to,
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages = response.get("Messages", ())
        return [sqs_message(message, queue_arn=self._arn) for message in messages]

    def delete(self, messages: Sequence[QueueMessage]) -> int:
        """Delete messages, ten a call; return how many SQS did not delete."""
        failed = 0
        for first in range(0, len(messages), RECEIVE_LIMIT):
            ten = messages[first : first + RECEIVE_LIMIT]
            response = self._sqs.delete_message_batch(
                QueueUrl=self._url(),
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message.receipt_handle}
                    for number, message in enumerate(ten)
                ],
            )
            failed += len(response.get("Failed", ()))
        return failed

    def visible(self) -> int:
        """Return about how many messages can be received now."""
        name = "ApproximateNumberOfMessages"
        response = self._sqs.get_queue_attributes(QueueUrl=self._url(), AttributeNames=[name])
        return int(response["Attributes"][name])

    def _url(self) -> str:
        if not self._found:
            name = self._arn.rpartition(":")[2]
            self._found = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        return self._found
