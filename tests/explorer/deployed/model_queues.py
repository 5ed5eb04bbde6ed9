"""See and delay messages in the model's queues, as the gateways do in SQS. Used by the explorer's functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lambda_event_sources.queues.standard_queue import ARN
from ordercast.events.order_event import Channel, Priority
from tests.explorer.event_sources.queues import Queue


@dataclass(slots=True)
class ModelVisibility:
    queues: Mapping[str, Queue]

    def delay(self, queue_arn: str, waits: Mapping[str, timedelta]) -> None:
        for receipt_handle, wait in waits.items():
            self.queues[queue_arn.removeprefix(ARN)].delay(receipt_handle, wait)


@dataclass(slots=True)
class ModelWorkQueues:
    queues: Mapping[str, Queue]

    def waiting(self) -> dict[tuple[Channel, Priority], int]:
        return {(c, p): len(self.queues[f"{c}-{p}"].waiting) for c in Channel for p in Priority}


@dataclass(slots=True)
class ModelReceipts:
    queue: Queue

    def applied_until(self, *, now: datetime) -> datetime | None:
        return None if self.queue.waiting else now
