"""A FIFO SQS queue in memory. Used by the harness and by tests."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from lambda_event_sources.queues.standard_queue import StandardQueue, StoredMessage

DEDUPLICATION_INTERVAL = timedelta(minutes=5)
"""How long a FIFO queue recognises a repeated message."""


@dataclass(slots=True, kw_only=True)
class FifoQueue(StandardQueue):
    """A group's messages are received in the order in which they were sent, one batch at a time.

    The rules of `StandardQueue` hold too; beyond them, each with a test named in docs/rules.md:

    - a group's messages are received in the order in which they were sent, and one receive takes
      as many of one group as it can
    - while a message of a group is received and neither deleted nor visible again, no other of that
      group can be received
    - a message sent again within five minutes, by its deduplication id or else by its body, is
      accepted and not delivered
    """

    deduplication_ids: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def send(
        self,
        body: str,
        *,
        now: datetime,
        after: timedelta = timedelta(),
        group: str = "",
        deduplication: str = "",
    ) -> str:
        """Add one message of a group; return its id, or the id of the message that it repeats."""
        deduplication = deduplication or sha256(body.encode()).hexdigest()
        known, at = self.deduplication_ids.get(deduplication, ("", now))
        if known and now - at <= DEDUPLICATION_INTERVAL:
            return known
        message_id = StandardQueue.send(self, body, now=now, after=after)
        self.deduplication_ids[deduplication] = message_id, now
        self.messages[-1].system = {
            "SequenceNumber": str(_FIRST + self.sent_count),
            "MessageGroupId": group,
            "MessageDeduplicationId": deduplication,
        }
        return message_id

    def visible_messages(self, *, now: datetime) -> list[StoredMessage]:
        """Return the messages that can be received now, group after group, the oldest group first."""
        held = {m.group for m in self.messages if m.receive_count and m.visible_at > now}
        groups: dict[str, list[StoredMessage]] = {}
        for message in StandardQueue.visible_messages(self, now=now):
            if message.group not in held:
                groups.setdefault(message.group, []).append(message)
        return [message for group in groups.values() for message in group]

    def next_visible_at(self) -> datetime | None:
        """Return when the next message can be received: not before the group's received ones are visible."""
        held: dict[str, datetime] = {}
        for message in self.messages:
            if message.receive_count:
                held[message.group] = max(
                    message.visible_at, held.get(message.group, message.visible_at)
                )
        return min((held.get(m.group, m.visible_at) for m in self.messages), default=None)


# Twenty digits, as SQS has them.
_FIRST = 18849496460467696127
