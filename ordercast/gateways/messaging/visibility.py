"""Set the visibility timeout of single messages, so that each is redelivered at its own time."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct, field

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

ENTRIES_A_CALL = 10  # ChangeMessageVisibilityBatch

# SQS: 12 hours, counted from when the message was received; so this leaves a function's time.
LONGEST = timedelta(hours=11)


class SqsVisibility(Struct, frozen=True, kw_only=True):
    """The visibility timeout of messages that are not done.

    Best effort: a message whose timeout could not be changed waits out the queue's own.
    """

    client: "SQSClient"
    _urls: dict[str, str] = field(default_factory=dict)

    def delay(self, queue_arn: str, waits: Mapping[str, timedelta]) -> None:
        """Let each message, by its receipt handle, be seen again after its wait."""
        entries = list(waits.items())
        for start in range(0, len(entries), ENTRIES_A_CALL):
            # A failure must not keep the others from being changed.
            with suppress(BotoCoreError, ClientError):
                self._delay(self._url(queue_arn), entries[start : start + ENTRIES_A_CALL])

    def _delay(self, url: str, entries: Sequence[tuple[str, timedelta]]) -> None:
        self.client.change_message_visibility_batch(
            QueueUrl=url,
            Entries=[
                {"Id": str(place), "ReceiptHandle": handle, "VisibilityTimeout": _seconds(wait)}
                for place, (handle, wait) in enumerate(entries)
            ],
        )

    def _url(self, arn: str) -> str:
        """Ask SQS once a queue: the address is not ours to build."""
        if arn not in self._urls:
            *_, account, name = arn.split(":")
            answer = self.client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)
            self._urls[arn] = answer["QueueUrl"]
        return self._urls[arn]


def _seconds(wait: timedelta) -> int:
    return int(max(timedelta(), min(wait, LONGEST)).total_seconds())
