"""Count what waits in the senders' queues. The workflows' `WorkQueues`."""

from collections.abc import Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from msgspec import Struct

from ordercast.errors import QueueUnavailable
from ordercast.events.order_event import Channel, Priority
from ordercast.gateways.messaging.receipt_queue import WAITING
from ordercast.gateways.unavailable import raised_as

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsWorkQueues(Struct, frozen=True, kw_only=True):
    """The queue of each channel and priority, by its URL; calls run side by side on *executor*."""

    client: "SQSClient"
    urls: Mapping[tuple[Channel, Priority], str]
    executor: Executor

    def waiting(self) -> dict[tuple[Channel, Priority], int]:
        """Return how many messages each holds, those at work and delayed ones too."""
        counts = self.executor.map(self._count, self.urls.values())
        return dict(zip(self.urls, counts, strict=True))

    def _count(self, url: str) -> int:
        with raised_as(QueueUnavailable, f"the queue {url.rpartition('/')[2]}"):
            answer = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=WAITING)
        counts = answer.get("Attributes", {})
        if any(name not in counts for name in WAITING):
            # A count that is missing is not a count of nothing.
            raise QueueUnavailable("a queue did not say how many messages it holds")
        return sum(int(counts[name]) for name in WAITING)
