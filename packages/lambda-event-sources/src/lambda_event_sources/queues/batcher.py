"""One poller of a queue: received messages, the function's outcomes and the time come in, the next step goes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lambda_event_sources.events import ENVELOPE_SIZE, SEPARATOR_SIZE, QueueMessage
from lambda_event_sources.filtering.filters import Filters
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.outcomes import Answered, BatchFailed, Outcome, failed_items

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
RECEIVE_LIMIT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """Receive at most `up_to` messages; wait for them no longer than `until` (None: at leisure)."""

    up_to: int
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bring:
    """Invoke the function with these messages, then `settle` the outcome."""

    messages: tuple[QueueMessage, ...]


class NotForFifo(Exception):
    """AWS gathers no batches from FIFO queues: ten messages at most, and no window."""


class QueueGatherer:
    """Gather messages to batches and say which of them are done with.

    Feed it with `put` (also with nothing: time has passed), delete what that returns, ask
    `next_step`, carry it out.
    The rules, each with a test and its source in docs/event-sources.md:

    - a batch closes at the batch size, at 6 MB of payload or when the window has passed since its
      first message came; without a window it is what one receive brought
    - what the filters leave out is deleted, and in no batch
    - messages of a batch that went through are deleted; after a partial answer only those not named,
      wherever the failed ones stand
    - after an error, a time-out, an answer that cannot be read or names a message that was not in
      the batch, none is deleted
    - of a FIFO queue a batch has ten messages at most, and there is no window; what is still held of
      a group of which something was not deleted is let go, or it would overtake it. One group's
      messages are in one batch at a time because the queue gives nobody else any (`fifo_queue`)
    - what is not deleted comes back when its visibility time-out ends; that, receive counts and
      dead letters are the queue's own business (`standard_queue`)
    """

    def __init__(self, mapping: EventSourceMapping) -> None:
        if mapping.is_fifo and (mapping.batch_size > RECEIVE_LIMIT or mapping.window):
            raise NotForFifo
        self._mapping = mapping
        self._filters = Filters(mapping.kind, mapping.filters)
        self._gathered: list[QueueMessage] = []
        self._since: datetime | None = None

    def put(self, messages: Iterable[QueueMessage], *, now: datetime) -> tuple[QueueMessage, ...]:
        """Take up what one receive brought at *now*; return what is to be deleted: filtered out."""
        left_out = []
        for message in messages:
            if self._filters.let_through(message.event):
                self._gathered.append(message)
            else:
                left_out.append(message)
        if self._gathered and self._since is None:
            self._since = now
        return tuple(left_out)

    def next_step(self, *, now: datetime) -> Receive | Bring:
        """Say what to do now."""
        batch = self._fitting()
        missing = self._mapping.batch_size - len(self._gathered)
        until = None if self._since is None else self._since + self._mapping.window
        if until is None or (missing > 0 and len(batch) == len(self._gathered) and now < until):
            return Receive(up_to=max(1, min(missing, RECEIVE_LIMIT)), until=until)
        self._gathered = self._gathered[len(batch) :]
        self._since = now if self._gathered else None
        return Bring(messages=tuple(batch))

    def settle(
        self, messages: tuple[QueueMessage, ...], outcome: Outcome
    ) -> tuple[QueueMessage, ...]:
        """Say which messages of the batch are to be deleted."""
        done = self._done(messages, outcome)
        if self._mapping.is_fifo:
            stopped = {m.group for m in messages if m not in done}
            self._gathered = [m for m in self._gathered if m.group not in stopped]
            self._since = self._since if self._gathered else None
        return done

    def _done(
        self, messages: tuple[QueueMessage, ...], outcome: Outcome
    ) -> tuple[QueueMessage, ...]:
        if not isinstance(outcome, Answered):
            return ()
        if not self._mapping.reports_item_failures:
            return messages
        try:
            failed = set(failed_items(outcome.payload, {m.message_id for m in messages}))
        except BatchFailed:
            return ()
        return tuple(m for m in messages if m.message_id not in failed)

    def _fitting(self) -> list[QueueMessage]:
        batch: list[QueueMessage] = []
        size = ENVELOPE_SIZE - SEPARATOR_SIZE
        for message in self._gathered[: self._mapping.batch_size]:
            size += message.size + SEPARATOR_SIZE
            if batch and size > self._mapping.payload_limit:
                break
            batch.append(message)
        return batch
