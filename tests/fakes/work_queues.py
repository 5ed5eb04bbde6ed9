"""Queues of the senders in memory, which are empty unless a test says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ordercast.errors import QueueUnavailable
from ordercast.events.order_event import Channel, Priority


@dataclass(slots=True)
class FakeWorkQueues:
    """Holds as many messages as a test says; raises while `unavailable`."""

    held: dict[tuple[Channel, Priority], int] = field(default_factory=dict)
    unavailable: bool = False
    reads: int = 0

    def waiting(self) -> Mapping[tuple[Channel, Priority], int]:
        self.reads += 1
        if self.unavailable:
            raise QueueUnavailable("waiting")
        return {(c, p): self.held.get((c, p), 0) for c in Channel for p in Priority}
