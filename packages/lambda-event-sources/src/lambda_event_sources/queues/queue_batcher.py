"""Gather messages of a queue into batches and decide which are deleted. Used by the queue driver and the harness."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from lambda_event_sources.events import ENVELOPE_SIZE, SEPARATOR_SIZE, QueueMessage
from lambda_event_sources.filtering.filter_criteria import FilterCriteria
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.outcomes import Outcome, Returned, UnusableResponse, failed_items

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
RECEIVE_LIMIT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """Receive at most `up_to` messages and wait for them no longer than `until` (None: without limit)."""

    up_to: int
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """Invoke the function with these messages, then call `settle` with the outcome."""

    messages: tuple[QueueMessage, ...]


class InvalidFifoMapping(Exception):
    """A FIFO queue's batch has at most ten messages and no batching window."""


class QueueBatcher:
    """The batches of one poller of a queue.

    Call `put` with what was received (also with nothing, because time has passed), delete what it
    returns, and carry out `next_step`. The rules, each with a test and its source in docs/rules.md:

    - a batch closes at the batch size, at 6 MB of payload, or when the batching window has passed
      since its first message; without a window it holds the messages of one receive
    - filtered messages are deleted and in no batch
    - processed messages are deleted; after a partial batch response all but the named ones
    - after an error, a timeout, or a response that cannot be read or names a message that is not in
      the batch, none is deleted
    - a FIFO queue's batch has at most ten messages and no window; messages that the poller still
      holds of a group with a failure are let go, because they would overtake it. One group is in one
      batch at a time because the queue does not hand out more of it (`FifoQueue`)
    - a message that is not deleted becomes visible again after its visibility timeout; receive
      counts and dead letters are the queue's own (`StandardQueue`)
    """

    def __init__(self, mapping: EventSourceMapping) -> None:
        if mapping.is_fifo and (mapping.batch_size > RECEIVE_LIMIT or mapping.max_batching_window):
            raise InvalidFifoMapping
        self._mapping = mapping
        self._filters = FilterCriteria(mapping.kind, mapping.filters)
        self._gathered: list[QueueMessage] = []
        self._since: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether no message is held that was received and not delivered yet."""
        return not self._gathered

    def put(self, messages: Iterable[QueueMessage], *, now: datetime) -> tuple[QueueMessage, ...]:
        """Take the messages received at *now*; return those to delete because they were filtered out."""
        filtered_out = []
        for message in messages:
            if self._filters.matches(message.event):
                self._gathered.append(message)
            else:
                filtered_out.append(message)
        if self._gathered and self._since is None:
            self._since = now
        return tuple(filtered_out)

    def next_step(self, *, now: datetime) -> Receive | Deliver:
        """Return what to do now."""
        batch = self._fitting()
        missing = self._mapping.batch_size - len(self._gathered)
        until = None if self._since is None else self._since + self._mapping.max_batching_window
        if until is None or (missing > 0 and len(batch) == len(self._gathered) and now < until):
            return Receive(up_to=max(1, min(missing, RECEIVE_LIMIT)), until=until)
        self._gathered = self._gathered[len(batch) :]
        self._since = now if self._gathered else None
        return Deliver(messages=tuple(batch))

    def settle(
        self, messages: tuple[QueueMessage, ...], outcome: Outcome
    ) -> tuple[QueueMessage, ...]:
        """Return the messages of the batch that are to be deleted."""
        done = self._done(messages, outcome)
        if self._mapping.is_fifo:
            stopped = {m.group for m in messages if m not in done}
            self._gathered = [m for m in self._gathered if m.group not in stopped]
            self._since = self._since if self._gathered else None
        return done

    def _done(
        self, messages: tuple[QueueMessage, ...], outcome: Outcome
    ) -> tuple[QueueMessage, ...]:
        if not isinstance(outcome, Returned):
            return ()
        if not self._mapping.report_batch_item_failures:
            return messages
        try:
            failed = set(failed_items(outcome.payload, {m.message_id for m in messages}))
        except UnusableResponse:
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
