"""A standard SQS queue in memory. Used by the harness and by tests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any

from lambda_event_sources.events import QueueMessage, encoded, sqs_message

ARN = "arn:aws:sqs:us-east-1:000000000000:"
SENDER_ID = "AROA000000000EXAMPLE0:sender"
"""The id of the role session that sent a message; a recorded message keeps its own."""

RETENTION = timedelta(days=4)
"""How long a message is kept by default."""


@dataclass(slots=True, kw_only=True)
class StoredMessage:
    """One message of a queue; it cannot be received before `visible_at`.

    `system` holds system attributes beside those that a receive adds.
    """

    message_id: str
    body: str
    sent_at: datetime
    visible_at: datetime
    receive_count: int = 0
    first_received_at: datetime | None = None
    system: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """Return the message group id; only FIFO queues have any."""
        return self.system.get("MessageGroupId", "")

    @property
    def receipt_handle(self) -> str:
        """Return the handle of the last receive: each receive has its own."""
        return f"{self.message_id}#{self.receive_count}"


@dataclass(slots=True, kw_only=True)
class StandardQueue:
    """A received message is invisible for the visibility timeout and comes back unless deleted.

    The rules, each with a test named in docs/rules.md:

    - a received message is invisible for the visibility timeout, or as `change_visibility` says
    - each receive counts; a message received `max_receive_count` times goes to the dead letters at
      the next receive, also where its function was only throttled
    - only the handle of the last receive deletes a message or changes its visibility
    - a message older than the retention is gone; a dead letter keeps its age
    - `redrive` puts dead letters back with a receive count of zero
    """

    name: str
    visibility_timeout: timedelta
    max_receive_count: int | None = None
    retention: timedelta = RETENTION
    messages: list[StoredMessage] = field(default_factory=list)
    dead_letters: list[StoredMessage] = field(default_factory=list)
    sent_count: int = 0

    def send(self, body: str, *, now: datetime, after: timedelta = timedelta()) -> str:
        """Add one message, visible *after* a delay; return its id."""
        self.sent_count += 1
        message_id = f"{self.name}-{self.sent_count}"
        self.messages.append(
            StoredMessage(message_id=message_id, body=body, sent_at=now, visible_at=now + after)
        )
        return message_id

    def receive(self, up_to: int, *, now: datetime) -> list[QueueMessage]:
        """Return up to so many visible messages, the oldest first; move exhausted ones to the dead letters."""
        self.messages = [m for m in self.messages if now - m.sent_at <= self.retention]
        self.dead_letters += [m for m in self.messages if m.visible_at <= now and self._is_spent(m)]
        self.messages = [m for m in self.messages if m.visible_at > now or not self._is_spent(m)]
        received = self.visible_messages(now=now)[:up_to]
        for message in received:
            message.receive_count += 1
            message.first_received_at = message.first_received_at or now
            message.visible_at = now + self.visibility_timeout
        return [self.as_received(message) for message in received]

    def visible_messages(self, *, now: datetime) -> list[StoredMessage]:
        """Return the messages that can be received now, in order."""
        return [m for m in self.messages if m.visible_at <= now]

    def delete(self, messages: Iterable[QueueMessage]) -> None:
        """Delete messages by their receipt handles."""
        handles = {message.receipt_handle for message in messages}
        self.messages = [m for m in self.messages if m.receipt_handle not in handles]

    def change_visibility(self, receipt_handle: str, by: timedelta, *, now: datetime) -> None:
        """Make one message invisible for so long from *now*."""
        for message in self.messages:
            if message.receipt_handle == receipt_handle:
                message.visible_at = now + by

    def redrive(self, *, now: datetime) -> int:
        """Put every dead letter back, visible from now on; return how many there were."""
        moved = [replace(m, visible_at=now, receive_count=0) for m in self.dead_letters]
        self.dead_letters.clear()
        self.messages += moved
        return len(moved)

    def next_visible_at(self) -> datetime | None:
        """Return when the next message can be received."""
        return min((m.visible_at for m in self.messages), default=None)

    def as_received(self, message: StoredMessage) -> QueueMessage:
        """Return a message as its last receive returned it."""
        system = {
            "ApproximateReceiveCount": str(message.receive_count),
            "SenderId": SENDER_ID,
            "SentTimestamp": _milliseconds(message.sent_at),
            **message.system,
        }
        if message.first_received_at:
            system["ApproximateFirstReceiveTimestamp"] = _milliseconds(message.first_received_at)
        as_received = sqs_message(
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
            return as_received
        event = {**as_received.event, "messageAttributes": dict(message.attributes)}
        return replace(as_received, event=event, size=len(encoded(event)))

    def _is_spent(self, message: StoredMessage) -> bool:
        return (
            self.max_receive_count is not None and message.receive_count >= self.max_receive_count
        )


def _milliseconds(at: datetime) -> str:
    return str(round(at.timestamp() * 1000))
