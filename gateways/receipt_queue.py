"""A queue's URL in, whether anything still waits in it out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from notifications.errors import LedgerUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

# To be had, at work, and not to be had yet; SQS names each of them approximate.
WAITING: "Sequence[QueueAttributeNameType]" = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsReceiptQueue:
    """The queue of receipts."""

    client: "SQSClient"
    url: str

    def is_drained(self) -> bool:
        """Tell whether nothing waits, so that silence means that there was no event."""
        try:
            answer = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=WAITING)
        except (BotoCoreError, ClientError) as error:
            message = f"{type(error).__name__} on the queue of receipts"
            raise LedgerUnavailable(message) from error
        counts = answer.get("Attributes", {})
        # A count that is missing is not a count of nothing.
        return all(counts.get(name) == "0" for name in WAITING)
