"""Batch the ledger's changes for analytics, in lanes, and withhold some for good. Used by the stage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lambda_event_sources.events import StreamRecord, dynamodb_record
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.outcomes import Outcome
from lambda_event_sources.streams.shard_batcher import lane_of
from ordercast.events.order_event import Channel
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.keys import key
from ordercast.notifications.notification import Notification
from tests.explorer.event_sources.stream import LaneSource
from tests.fakes.clock import HandTurnedClock

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/Ledger/stream/2026-03-02T09:30:00.000"
LANES = 2

Withheld = Mapping[tuple[str, Channel], range]
"""Which versions of whose row the stream never brings."""


class Rows(dict[str, Notification]):
    """A table of rows; whoever watches hears of each change, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tell: Callable[[str, Notification], None] = lambda *_: None

    def __setitem__(self, notification_id: str, row: Notification) -> None:
        self.tell("MODIFY" if notification_id in self else "INSERT", row)
        super().__setitem__(notification_id, row)

    def __delitem__(self, notification_id: str) -> None:
        self.tell("REMOVE", self[notification_id])
        super().__delitem__(notification_id)

    def setdefault(self, notification_id: str, row: Notification) -> Notification:
        """Enter a row, unless there is one."""
        if notification_id not in self:
            self[notification_id] = row
        return self[notification_id]


@dataclass(slots=True, kw_only=True)
class LedgerStream:
    """The table's stream, and Lambda's event source on it: each lane goes on by itself.

    The changes of one row are in one lane, in order. `withheld` are those that never came, by the
    row's id and version.
    """

    clock: HandTurnedClock
    mapping: EventSourceMapping
    invoke: Callable[[dict[str, Any]], Outcome]
    withholds: Withheld
    lanes: list[LaneSource] = field(init=False)
    withheld: set[tuple[str, int]] = field(default_factory=set)
    numbered: int = 0

    def __post_init__(self) -> None:
        self.lanes = [
            LaneSource(clock=self.clock, mapping=self.mapping, invoke=self.invoke)
            for _ in range(LANES)
        ]

    def take(self, name: str, row: Notification) -> None:
        """Take one change of a row."""
        self.numbered += 1
        if row.version in self.withholds.get((row.order.order_id, row.channel), ()):
            self.withheld.add((row.id, row.version))
            return
        shaped = self._shaped(name, row)
        self.lanes[lane_of(shaped.key, LANES)].unread.append(shaped)

    @property
    def given_up(self) -> list[str]:
        """The numbers of what was brought in vain for too long."""
        return [number for lane in self.lanes for number in lane.given_up]

    def _shaped(self, name: str, row: Notification) -> StreamRecord:
        change = {
            "Keys": key(row.id),
            "SequenceNumber": str(self.numbered),
            "ApproximateCreationDateTime": self.clock(),
        }
        record = {"eventID": str(self.numbered), "eventName": name, "dynamodb": change}
        shaped = dynamodb_record(record, stream_arn=ARN)
        # Put in afterwards: what our gateway writes has the shape of the wire already.
        image = "OldImage" if name == "REMOVE" else "NewImage"
        shaped.event["dynamodb"][image] = write(row)
        return shaped
