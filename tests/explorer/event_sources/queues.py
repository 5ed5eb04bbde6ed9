"""Batch the SQS messages of the topic and of providers for a function, on a turned clock. Used by the stage."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lambda_event_sources.events import QueueMessage, lambda_event
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.outcomes import Outcome
from lambda_event_sources.queues.queue_batcher import Deliver, QueueBatcher, Receive
from lambda_event_sources.queues.standard_queue import StandardQueue, StoredMessage
from ordercast.gateways.messaging.topic import TopicMessage
from ordercast.workflows.send_messages import COMES_BACK
from tests.fakes.clock import HandTurnedClock

BACKLOG = timedelta(minutes=4)

Event = Mapping[str, Any]
Invoke = Callable[[Event], Outcome]


@dataclass(slots=True, kw_only=True)
class Queue:
    """A standard queue on a turned clock, after the model."""

    name: str
    clock: HandTurnedClock
    visibility_timeout: timedelta
    max_receive_count: int
    kept: StandardQueue = field(init=False)

    def __post_init__(self) -> None:
        self.kept = StandardQueue(
            name=self.name,
            visibility_timeout=self.visibility_timeout,
            max_receive_count=self.max_receive_count,
        )

    @property
    def waiting(self) -> list[StoredMessage]:
        """What is not deleted."""
        return self.kept.messages

    @property
    def dead(self) -> list[StoredMessage]:
        """What was received too often."""
        return self.kept.dead_letters

    def put(self, body: str, *, after: timedelta = timedelta(), received: int = 0) -> None:
        """Take one message, as if it had been received so often before."""
        self.kept.send(body, now=self.clock(), after=after)
        self.kept.messages[-1].receive_count = received

    def receive(self, up_to: int) -> list[QueueMessage]:
        """Return visible messages."""
        return self.kept.receive(up_to, now=self.clock())

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        """Let messages go."""
        self.kept.delete(messages)

    def delay(self, receipt_handle: str, by: timedelta) -> None:
        """Give one message a visibility of its own."""
        self.kept.change_visibility(receipt_handle, by, now=self.clock())

    def next_visible_at(self) -> datetime | None:
        """Say when the next message can be received."""
        return self.kept.next_visible_at()


@dataclass(slots=True, kw_only=True)
class QueueSource:
    """One poller between a queue and a function, after the model of Lambda's event source."""

    queue: Queue
    mapping: EventSourceMapping
    invoke: Invoke
    gatherer: QueueBatcher = field(init=False)

    def __post_init__(self) -> None:
        self.gatherer = QueueBatcher(self.mapping)

    def step(self) -> bool:
        """Do the next thing; False where there is nothing to do now."""
        now = self.queue.clock()
        match self.gatherer.next_step(now=now):
            case Deliver(messages=messages):
                outcome = self.invoke(lambda_event(messages))
                self.queue.delete(self.gatherer.settle(messages, outcome))
                return True
            case Receive(up_to=up_to):
                received = self.queue.receive(up_to)
                self.gatherer.put(received, now=now)
                return bool(received)

    def next_at(self) -> datetime | None:
        """Say when there will be something to do."""
        step = self.gatherer.next_step(now=self.queue.clock())
        closes = step.until if isinstance(step, Receive) else None
        moments = [each for each in (closes, self.queue.next_visible_at()) if each is not None]
        return min(moments, default=None)


@dataclass(slots=True, kw_only=True)
class NotificationsTopic:
    """The notifications topic with its filtered subscriptions: a queue by channel and priority.

    What `loses` names is not taken the first time; what `doubles` names is delivered twice, what
    `delays` names as if it came behind a backlog, and what `returns` names as if it had come back
    so often that it may not come back in vain once more.
    """

    queues: Mapping[tuple[str, str], Queue]
    loses: set[str]
    doubles: set[str]
    delays: set[str]
    returns: set[str]
    bodies: list[str] = field(default_factory=list)

    def publish(self, messages: Sequence[TopicMessage]) -> list[bool]:
        """Take each message and hand it to the queue that wants it."""
        return [self._take(each) for each in messages]

    def _take(self, message: TopicMessage) -> bool:
        self.bodies.append(json.dumps([message.body, dict(message.attributes)]))
        wanted = str(json.loads(message.body)["notification_id"])
        if wanted in self.loses:
            self.loses.remove(wanted)
            return False
        queue = self.queues[message.attributes["channel"], message.attributes["priority"]]
        received = COMES_BACK - 1 if wanted in self.returns else 0
        self.returns.discard(wanted)
        after = BACKLOG if wanted in self.delays else timedelta()
        queue.put(message.body, after=after, received=received)
        if wanted in self.doubles:
            self.doubles.remove(wanted)
            queue.put(message.body, after=timedelta(seconds=30))
        return True
