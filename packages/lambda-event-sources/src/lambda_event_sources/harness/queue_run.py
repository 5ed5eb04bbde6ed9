"""A queue's input comes in item by item; it is delivered to a function poller by poller."""

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


class _Out(NamedTuple):
    """An invocation that has not answered yet; compared by when it will, then by its number."""

    at: datetime
    number: int
    poller: int
    messages: tuple[QueueMessage, ...]
    outcome: Outcome
    began: datetime


class QueueRun:
    """Send what the input says, when it says so, and bring it to the function until all is done.

    `queue` stays as it is left: what is still waiting, and the dead letters.
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
        self._gatherers = [QueueBatcher(mapping) for _ in range(pollers)]
        self._out: list[_Out] = []
        self._numbered = 0
        self._faults: list[Fault] = []
        self._again = False
        self._comes_again: set[str] = set()
        self._dead = 0
        self.report = Report()

    def run(self, items: Iterable[Item]) -> Report:
        """Rehearse the input to its end, and until the queue is empty."""
        for item in items:
            self._take(item)
        if self._faults:
            raise FaultWithoutRecord(type(self._faults[0]).__name__)
        self._go_on(until=None)
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
                self._go_on(until=self._clock() + item.time)
            case Redelivery():
                self._again = True
            case Raises() | TimesOut() | Throttled() | ReportsFailure() | Returns():
                self._faults.append(item)
            case _:
                raise NotAQueueItem(type(item).__name__)

    def _send(self, item: Send) -> None:
        now, queue = self._clock(), self._queue
        if isinstance(queue, FifoQueue):
            if item.delay:
                raise NotAQueueItem("Send(delay=): a FIFO queue's messages have none of their own")
            sent = queue.send(
                item.body, now=now, group=item.group or "g", deduplication=item.deduplication
            )
            self._expect(sent)
        elif item.group or item.deduplication:
            raise NotAQueueItem("Send(group=, deduplication=): the queue is no FIFO queue")
        else:
            self._expect(queue.send(item.body, now=now, after=item.delay))

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
        self._expect(record["messageId"])

    def _expect(self, message_id: str) -> None:
        self._function.expect(self._queue.name, message_id, self._faults)
        self._faults = []
        if self._again:
            self._comes_again.add(message_id)
            self._again = False

    def _go_on(self, *, until: datetime | None) -> None:
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
        busy = {out.poller for out in self._out}
        moments = [self._out[0].at] if self._out else []
        for number, gatherer in enumerate(self._gatherers):
            if number in busy:
                continue
            step = gatherer.next_step(now=self._clock())
            closes = step.until if isinstance(step, Receive) else None
            moments += [at for at in (closes, self._queue.next_visible_at()) if at is not None]
        return min(moments, default=None)

    def _step(self) -> bool:
        if self._out and self._out[0].at <= self._clock():
            self._settle(heappop(self._out))
            return True
        busy = {out.poller for out in self._out}
        free = [number for number in range(len(self._gatherers)) if number not in busy]
        return any(self._poll(number) for number in free)

    def _poll(self, number: int) -> bool:
        gatherer, now = self._gatherers[number], self._clock()
        match gatherer.next_step(now=now):
            case Deliver(messages=messages):
                outcome, took = self._function.invoke(self._queue.name, messages)
                self._numbered += 1
                out = _Out(now + took, self._numbered, number, messages, outcome, now)
                heappush(self._out, out)
                return True
            case Receive(up_to=up_to):
                received = self._queue.receive(up_to, now=now)
                self._note_dead()
                filtered_out = gatherer.put(received, now=now)
                self._queue.delete(filtered_out)
                self.report.note_filtered(now, self._queue.name, filtered_out)
                return bool(received)

    def _settle(self, out: _Out) -> None:
        done = self._gatherers[out.poller].settle(out.messages, out.outcome)
        self._queue.delete(each for each in done if each.message_id not in self._comes_again)
        self._comes_again -= {each.message_id for each in done}
        how = "done" if len(done) == len(out.messages) else "returned"
        self.report.entries.append(
            Invocation(
                at=out.began,
                source=self._queue.name,
                lane=out.poller,
                records=out.messages,
                how="not_invoked" if isinstance(out.outcome, NotInvoked) else how,
                done=done,
                raised=exception_of(out.outcome),
            )
        )

    def _note_dead(self) -> None:
        for message in self._queue.dead_letters[self._dead :]:
            self.report.entries.append(
                Discarded(
                    at=self._clock(),
                    source=self._queue.name,
                    condition="DeadLetter",
                    records=(self._queue.as_received(message),),
                )
            )
        self._dead = len(self._queue.dead_letters)


_SET_BY_RECEIVES = ("ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp", "SentTimestamp")


def _sent_with(attributes: Mapping[str, str]) -> dict[str, str]:
    """Leave out of a recorded message's attributes what is of when it was received, and is no more."""
    return {name: value for name, value in attributes.items() if name not in _SET_BY_RECEIVES}
