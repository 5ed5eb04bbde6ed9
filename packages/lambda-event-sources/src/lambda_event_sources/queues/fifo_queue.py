"""Messages of groups, receives, deletions and the time come in; a queue in memory that behaves as SQS FIFO does goes out."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from lambda_event_sources.queues.standard_queue import StandardQueue, Waiting

REMEMBERED = timedelta(minutes=5)
"""How long a FIFO queue knows what was sent."""


@dataclass(slots=True, kw_only=True)
class FifoQueue(StandardQueue):
    """A FIFO queue: a group's messages come in the order in which they were sent, one batch at a time.

    What `StandardQueue` says, holds; beyond it, each with a test that docs/event-sources.md names:

    - a group's messages are received in the order in which they were sent, and one receive takes as
      many of one group as it can
    - while one of a group is received and neither deleted nor visible again, nobody receives any of
      that group
    - what is sent again within five minutes, by its deduplication id or else by its body, is taken
      and not brought
    """

    sent: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def put(
        self,
        body: str,
        *,
        now: datetime,
        after: timedelta = timedelta(),
        group: str = "",
        deduplication: str = "",
    ) -> str:
        """Take one message of a group; return its id, or that of the one that it repeats."""
        deduplication = deduplication or sha256(body.encode()).hexdigest()
        known, at = self.sent.get(deduplication, ("", now))
        if known and now - at <= REMEMBERED:
            return known
        message_id = StandardQueue.put(self, body, now=now, after=after)
        self.sent[deduplication] = message_id, now
        self.waiting[-1].system = {
            "SequenceNumber": str(_FIRST + self.taken),
            "MessageGroupId": group,
            "MessageDeduplicationId": deduplication,
        }
        return message_id

    def receivable(self, *, now: datetime) -> list[Waiting]:
        """Return what can be received now, group after group, the one with the oldest message first."""
        held = {m.group for m in self.waiting if m.receives and m.visible_at > now}
        groups: dict[str, list[Waiting]] = {}
        for message in StandardQueue.receivable(self, now=now):
            if message.group not in held:
                groups.setdefault(message.group, []).append(message)
        return [message for group in groups.values() for message in group]

    def next_visible(self) -> datetime | None:
        """Say when the next message can be received: not before all that are held of its group."""
        held: dict[str, datetime] = {}
        for message in self.waiting:
            if message.receives:
                held[message.group] = max(
                    message.visible_at, held.get(message.group, message.visible_at)
                )
        return min((held.get(m.group, m.visible_at) for m in self.waiting), default=None)


# Twenty digits, as SQS has them.
_FIRST = 18849496460467696127
