"""Notifications in, their ids and routing attributes on the SNS topic out; nothing personal."""

import json
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from notifications.notification import Notification

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import (
        MessageAttributeValueTypeDef,
        PublishBatchRequestEntryTypeDef,
    )

ENTRIES_A_CALL = 10  # PublishBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsHub:
    """The topic that senders' queues, and any shop's own consumers, subscribe to."""

    client: "SNSClient"
    topic_arn: str
    executor: Executor

    def publish(self, notifications: Sequence[Notification]) -> set[str]:
        """Publish the id and routing of each; answer the ids that were taken."""
        chunks = [
            notifications[start : start + ENTRIES_A_CALL]
            for start in range(0, len(notifications), ENTRIES_A_CALL)
        ]
        return {taken for chunk in self.executor.map(self._publish, chunks) for taken in chunk}

    def _publish(self, notifications: Sequence[Notification]) -> list[str]:
        try:
            response = self.client.publish_batch(
                TopicArn=self.topic_arn,
                PublishBatchRequestEntries=[
                    _entry(str(place), each) for place, each in enumerate(notifications)
                ],
            )
        except (BotoCoreError, ClientError):
            # Perhaps taken, perhaps not: publishing it again costs a refused claim, no more.
            return []
        # 200 says nothing about an entry: only those listed as successful were taken.
        return [notifications[int(entry["Id"])].id for entry in response["Successful"]]


def _entry(place: str, notification: Notification) -> "PublishBatchRequestEntryTypeDef":
    return {
        "Id": place,
        "Message": json.dumps({"notification_id": notification.id}),
        "MessageAttributes": {
            "channel": _attribute(notification.channel),
            "priority": _attribute(notification.priority),
            "template": _attribute(notification.template),
            "status": _attribute(notification.status),
        },
    }


def _attribute(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": value}
