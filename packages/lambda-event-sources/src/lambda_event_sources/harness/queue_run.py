"""Play the input of a queue and deliver its messages to a handler. Used by `run_handler`."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from heapq import heappop, heappush
from typing import Any, NamedTuple

from lambda_event_sources.events import QueueMessage
from lambda_event_sources.harness.function import Function
from lambda_event_sources.harness.items import (
    Fault,
    FaultWithoutRecord,
    Item,
    Raises,
    Redelivery,
    ReportsFailure,
    Returns,
    Send,
    Throttled,
    TimePasses,
    TimesOut,
)
from lambda_event_sources.harness.report import Discarded, Invocation, Report
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.outcomes import NotInvoked, Outcome, exception_of
from lambda_event_sources.queues.fifo_queue import FifoQueue
from lambda_event_sources.queues.queue_batcher import Deliver, QueueBatcher, Receive
from lambda_event_sources.queues.standard_queue import StandardQueue, StoredMessage


class NotAQueueItem(Exception):
    """An item that only a stream takes, or only the other kind of queue."""


class _InFlight(NamedTuple):
    """An invocation in flight; ordered by when it ends, then by its number."""

    at: datetime
    number: int
    poller: int
    messages: tuple[QueueMessage, ...]
    outcome: Outcome
    began: datetime


class QueueRun:
    """Send each item of the input at its time, and deliver until the queue is empty.

    `queue` keeps what is left: messages and dead letters.
    """

    def __init__(
        self,
        mapping: EventSourceMapping,
        function: Function,
        *,
        queue: StandardQueue,
        pollers: int = 1,
    ) -> None:
        self._function = function
        self._clock = function.clock
        self._queue = queue
        self._batchers = [QueueBatcher(mapping) for _ in range(pollers)]
        self._in_flight: list[_InFlight] = []
        self._numbered = 0
        self._faults: list[Fault] = []
        self._redelivers_next = False
        self._redelivered: set[str] = set()
        self._dead_letters_seen = 0
        self.report = Report()

    def run(self, items: Iterable[Item]) -> Report:
        """Play the input to its end and return the report."""
        for item in items:
            self._take(item)
        if self._faults:
            raise FaultWithoutRecord(type(self._faults[0]).__name__)
        self._advance(until=None)
        return self.report

    def _take(self, item: Item) -> None:
        match item:
            case str():
                self._send(Send(body=item))
            case Send():
                self._send(item)
            case Mapping():
                for record in item.get("Records", [item]):
                    self._send_recorded(record)
            case TimePasses():
                self._advance(until=self._clock() + item.time)
            case Redelivery():
                self._redelivers_next = True
            case Raises() | TimesOut() | Throttled() | ReportsFailure() | Returns():
                self._faults.append(item)
            case _:
                raise NotAQueueItem(type(item).__name__)

    def _send(self, item: Send) -> None:
        now, queue = self._clock(), self._queue
        if isinstance(queue, FifoQueue):
            if item.delay:
                raise NotAQueueItem("Send(delay=): a FIFO queue has no delay for one message")
            sent = queue.send(
                item.body, now=now, group=item.group or "g", deduplication=item.deduplication
            )
            self._plan(sent)
        elif item.group or item.deduplication:
            raise NotAQueueItem("Send(group=, deduplication=): the queue is not a FIFO queue")
        else:
            self._plan(queue.send(item.body, now=now, after=item.delay))

    def _send_recorded(self, record: Mapping[str, Any]) -> None:
        self._queue.messages.append(
            StoredMessage(
                message_id=record["messageId"],
                body=record["body"],
                sent_at=self._clock(),
                visible_at=self._clock(),
                system=_sent_with(record.get("attributes", {})),
                attributes=record.get("messageAttributes", {}),
            )
        )
        self._plan(record["messageId"])

    def _plan(self, message_id: str) -> None:
        self._function.plan_faults(self._queue.name, message_id, self._faults)
        self._faults = []
        if self._redelivers_next:
            self._redelivered.add(message_id)
            self._redelivers_next = False

    def _advance(self, *, until: datetime | None) -> None:
        while True:
            while self._step():
                pass
            moment = self._next_moment()
            if moment is None or (until is not None and moment > until):
                break
            self._clock.at = max(moment, self._clock.at)
        if until is not None:
            self._clock.at = until

    def _next_moment(self) -> datetime | None:
        busy = {out.poller for out in self._in_flight}
        moments = [self._in_flight[0].at] if self._in_flight else []
        for number, batcher in enumerate(self._batchers):
            if number in busy:
                continue
            step = batcher.next_step(now=self._clock())
            closes = step.until if isinstance(step, Receive) else None
            moments += [at for at in (closes, self._queue.next_visible_at()) if at is not None]
        return min(moments, default=None)

    def _step(self) -> bool:
        if self._in_flight and self._in_flight[0].at <= self._clock():
            self._settle(heappop(self._in_flight))
            return True
        busy = {out.poller for out in self._in_flight}
        free = [number for number in range(len(self._batchers)) if number not in busy]
        return any(self._poll(number) for number in free)

    def _poll(self, number: int) -> bool:
        batcher, now = self._batchers[number], self._clock()
        match batcher.next_step(now=now):
            case Deliver(messages=messages):
                outcome, took = self._function.invoke(self._queue.name, messages)
                self._numbered += 1
                out = _InFlight(now + took, self._numbered, number, messages, outcome, now)
                heappush(self._in_flight, out)
                return True
            case Receive(up_to=up_to):
                received = self._queue.receive(up_to, now=now)
                self._note_dead_letters()
                filtered_out = batcher.put(received, now=now)
                self._queue.delete(filtered_out)
                self.report.note_filtered(now, self._queue.name, filtered_out)
                return bool(received)

    def _settle(self, ended: _InFlight) -> None:
        done = self._batchers[ended.poller].settle(ended.messages, ended.outcome)
        self._queue.delete(each for each in done if each.message_id not in self._redelivered)
        self._redelivered -= {each.message_id for each in done}
        how = "done" if len(done) == len(ended.messages) else "returned"
        self.report.entries.append(
            Invocation(
                at=ended.began,
                source=self._queue.name,
                lane=ended.poller,
                records=ended.messages,
                how="not_invoked" if isinstance(ended.outcome, NotInvoked) else how,
                done=done,
                raised=exception_of(ended.outcome),
            )
        )

    def _note_dead_letters(self) -> None:
        for message in self._queue.dead_letters[self._dead_letters_seen :]:
            self.report.entries.append(
                Discarded(
                    at=self._clock(),
                    source=self._queue.name,
                    condition="DeadLetter",
                    records=(self._queue.as_received(message),),
                )
            )
        self._dead_letters_seen = len(self._queue.dead_letters)


_SET_BY_RECEIVES = ("ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp", "SentTimestamp")


def _sent_with(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return a recorded message's attributes without those that its receive had set."""
    return {name: value for name, value in attributes.items() if name not in _SET_BY_RECEIVES}
