"""Tell up to when all receipts have been applied. Used by the sweeper before it resends an e-mail in doubt."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from ordercast.errors import LedgerUnavailable
from ordercast.gateways.unavailable import raised_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

# To be had, at work, and not to be had yet; SQS names each of them approximate.
WAITING: "Sequence[QueueAttributeNameType]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)

# SQS's counts are right a minute after the last message came (API reference: GetQueueAttributes),
# and its metrics are taken once a minute.
SETTLING = timedelta(minutes=1)

# How far back to look: CloudWatch has an SQS metric some minutes late.
RECENT = timedelta(minutes=15)


class SqsReceiptQueue(Struct, frozen=True, kw_only=True):
    """The queue of receipts, its dead letters, and what CloudWatch knows of its age."""

    client: "SQSClient"
    cloudwatch: "CloudWatchClient"
    url: str
    dead_letters_url: str

    def applied_until(self, *, now: datetime) -> datetime | None:
        """Return an instant before which every receipt has been applied; None if none is known.

        An empty queue needs no metric. Of one that is never empty the age of the oldest message
        tells, as CloudWatch last had it: what was gone then has not come back. Dead letters were
        never applied, and their time is unknown.
        """
        with raised_as(LedgerUnavailable, "the queue of receipts"):
            if not self._is_empty(self.dead_letters_url):
                return None
            return now - SETTLING if self._is_empty(self.url) else self._older_is_gone(now)

    def _is_empty(self, url: str) -> bool:
        answer = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=WAITING)
        counts = answer.get("Attributes", {})
        # A count that is missing is not a count of nothing.
        return all(counts.get(name) == "0" for name in WAITING)

    def _older_is_gone(self, now: datetime) -> datetime | None:
        answer = self.cloudwatch.get_metric_statistics(
            Namespace="AWS/SQS",
            MetricName="ApproximateAgeOfOldestMessage",
            Dimensions=[{"Name": "QueueName", "Value": self.url.rpartition("/")[2]}],
            StartTime=now - RECENT,
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )
        return max(
            (
                each["Timestamp"] - timedelta(seconds=each["Maximum"]) - SETTLING
                for each in answer["Datapoints"]
            ),
            default=None,
        )
