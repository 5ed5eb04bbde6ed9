"""Messages, receives, deletions and the time come in; a queue in memory that behaves as SQS does goes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any

from lambda_event_sources.events import QueueMessage, encoded, sqs_message

ARN = "arn:aws:sqs:us-east-1:000000000000:"

RETENTION = timedelta(days=4)
"""How long a message is kept where a queue says nothing else."""


@dataclass(slots=True, kw_only=True)
class Waiting:
    """One message of a queue; nobody receives it before `visible_at`.

    `system` are attributes that it was sent with, beside those that a receive adds.
    """

    message_id: str
    body: str
    sent_at: datetime
    visible_at: datetime
    receives: int = 0
    first_received_at: datetime | None = None
    system: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """Name the message's group; only FIFO queues have any."""
        return self.system.get("MessageGroupId", "")

    @property
    def receipt_handle(self) -> str:
        """Name the last receive: each has a handle of its own."""
        return f"{self.message_id}#{self.receives}"


@dataclass(slots=True, kw_only=True)
class StandardQueue:
    """A standard queue: what is received is hidden for a while, and what is not deleted comes back.

    The rules, each with a test that docs/event-sources.md names:

    - a received message is invisible for the visibility time-out, or what `delay` says instead
    - each receive counts, and what was received `max_receives` times goes to the dead letters
      instead of being received once more; so does a message whose function was throttled
    - only the handle of the last receive deletes a message or changes its visibility
    - what is older than the retention is gone; a dead letter keeps the age that it had
    - `redrive` puts dead letters back, with nothing received yet
    """

    name: str
    hides_for: timedelta
    max_receives: int | None = None
    retention: timedelta = RETENTION
    waiting: list[Waiting] = field(default_factory=list)
    dead: list[Waiting] = field(default_factory=list)
    taken: int = 0

    def put(self, body: str, *, now: datetime, after: timedelta = timedelta()) -> str:
        """Take one message, to be visible *after* a delay; return its id."""
        self.taken += 1
        message_id = f"{self.name}-{self.taken}"
        self.waiting.append(
            Waiting(message_id=message_id, body=body, sent_at=now, visible_at=now + after)
        )
        return message_id

    def receive(self, up_to: int, *, now: datetime) -> list[QueueMessage]:
        """Return visible messages, the oldest first; what was received too often is dead."""
        self.waiting = [m for m in self.waiting if now - m.sent_at <= self.retention]
        self.dead += [m for m in self.waiting if m.visible_at <= now and self._is_spent(m)]
        self.waiting = [m for m in self.waiting if m.visible_at > now or not self._is_spent(m)]
        received = self.receivable(now=now)[:up_to]
        for message in received:
            message.receives += 1
            message.first_received_at = message.first_received_at or now
            message.visible_at = now + self.hides_for
        return [self.shaped(message) for message in received]

    def receivable(self, *, now: datetime) -> list[Waiting]:
        """Return what can be received now, in the order in which it is."""
        return [m for m in self.waiting if m.visible_at <= now]

    def delete(self, messages: Iterable[QueueMessage]) -> None:
        """Let messages go."""
        handles = {message.receipt_handle for message in messages}
        self.waiting = [m for m in self.waiting if m.receipt_handle not in handles]

    def delay(self, receipt_handle: str, by: timedelta, *, now: datetime) -> None:
        """Give one message a visibility of its own."""
        for message in self.waiting:
            if message.receipt_handle == receipt_handle:
                message.visible_at = now + by

    def redrive(self, *, now: datetime) -> int:
        """Put every dead letter back, to be received from now on; return how many there were."""
        moved = [replace(m, visible_at=now, receives=0) for m in self.dead]
        self.dead.clear()
        self.waiting += moved
        return len(moved)

    def next_visible(self) -> datetime | None:
        """Say when the next message can be received."""
        return min((m.visible_at for m in self.waiting), default=None)

    def shaped(self, message: Waiting) -> QueueMessage:
        """Return a message as its last receive did."""
        system = {
            "ApproximateReceiveCount": str(message.receives),
            "SentTimestamp": _milliseconds(message.sent_at),
            **message.system,
        }
        if message.first_received_at:
            system["ApproximateFirstReceiveTimestamp"] = _milliseconds(message.first_received_at)
        shaped = sqs_message(
            {
                "MessageId": message.message_id,
                "ReceiptHandle": message.receipt_handle,
                "Body": message.body,
                "MD5OfBody": md5(message.body.encode(), usedforsecurity=False).hexdigest(),
                "Attributes": system,
            },
            queue_arn=ARN + self.name,
        )
        if not message.attributes:
            return shaped
        event = {**shaped.event, "messageAttributes": dict(message.attributes)}
        return replace(shaped, event=event, size=len(encoded(event)))

    def _is_spent(self, message: Waiting) -> bool:
        return self.max_receives is not None and message.receives >= self.max_receives


def _milliseconds(at: datetime) -> str:
    return str(round(at.timestamp() * 1000))
