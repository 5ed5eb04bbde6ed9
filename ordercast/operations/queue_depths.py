"""Count what waits in a stage's queues, as SQS estimates it. Used by the console."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ordercast.errors import QueueUnavailable
from ordercast.gateways import clients
from ordercast.gateways.unavailable import raised_as
from ordercast.settings.published import StageNames

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """Messages that wait in a queue, and those that a function has at this moment."""

    waiting: int
    taken: int


def queue_depths(client: "SQSClient", names: StageNames) -> dict[str, QueueDepth]:
    """Return the depth of each queue by its use: `sms high`, `receipts`, …; raises `QueueUnavailable`."""
    queues = _queues(names)
    with ThreadPoolExecutor(clients.WORKERS) as executor:
        depths = executor.map(lambda url: _depth(client, url), queues.values())
        return dict(zip(queues, depths, strict=True))


def _queues(names: StageNames) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for channel, sender in names.senders.items():
        found |= {f"{channel}, high priority": sender.high, f"{channel}, normal": sender.normal}
    return {**found, "receipts": names.receipts_queue, "undelivered": names.undelivered_queue}


def _depth(client: "SQSClient", url: str) -> QueueDepth:
    with raised_as(QueueUnavailable, f"the queue {url.rpartition('/')[2]}"):
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=[_WAITING, _TAKEN])
    counted = answer["Attributes"]
    return QueueDepth(waiting=int(counted[_WAITING]), taken=int(counted[_TAKEN]))


_WAITING: "QueueAttributeNameType" = "ApproximateNumberOfMessages"
_TAKEN: "QueueAttributeNameType" = "ApproximateNumberOfMessagesNotVisible"
