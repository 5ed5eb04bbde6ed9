"""Publish messages to an SNS topic in batches, with an answer for each."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct, field

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef

ENTRIES_A_CALL = 10  # PublishBatch


class TopicMessage(Struct, frozen=True, kw_only=True):
    """A body and the string attributes that subscriptions filter by."""

    body: str
    attributes: Mapping[str, str] = field(default_factory=dict)


class Topic(Struct, frozen=True, kw_only=True):
    """One SNS topic; calls of a batch run side by side on *executor*."""

    client: "SNSClient"
    arn: str
    executor: Executor

    def publish(self, messages: Sequence[TopicMessage]) -> list[bool]:
        """Publish each; return, in order, whether it was certainly accepted."""
        starts = range(0, len(messages), ENTRIES_A_CALL)
        chunks = [messages[start : start + ENTRIES_A_CALL] for start in starts]
        return [taken for chunk in self.executor.map(self._publish, chunks) for taken in chunk]

    def _publish(self, messages: Sequence[TopicMessage]) -> list[bool]:
        entries = [_entry(str(place), each) for place, each in enumerate(messages)]
        try:
            response = self.client.publish_batch(
                TopicArn=self.arn, PublishBatchRequestEntries=entries
            )
        except (BotoCoreError, ClientError):
            return [False] * len(messages)
        # 200 says nothing about an entry: only those listed as successful were taken.
        taken = {int(entry["Id"]) for entry in response.get("Successful", [])}
        return [place in taken for place in range(len(messages))]


def _entry(place: str, message: TopicMessage) -> "PublishBatchRequestEntryTypeDef":
    return {
        "Id": place,
        "Message": message.body,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value}
            for name, value in message.attributes.items()
        },
    }
