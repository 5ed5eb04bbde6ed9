"""What the hub and the carrier publish in, batches of SQS messages for a function out, on a turned clock."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gateways.topic import TopicMessage
from local.event_source_model.answers import Outcome
from local.event_source_model.events import QueueMessage, lambda_event, sqs_message
from local.event_source_model.mapping import EventSourceMapping
from local.event_source_model.queue import Bring, QueueGatherer, Receive
from tests.fakes.clock import HandTurnedClock

Event = Mapping[str, Any]
Invoke = Callable[[Event], Outcome]

ARN = "arn:aws:sqs:us-east-1:000000000000:"


@dataclass(slots=True, kw_only=True)
class Waiting:
    """One message of a queue; nobody receives it before `visible_at`."""

    message_id: str
    body: str
    visible_at: datetime
    receives: int = 0


@dataclass(slots=True, kw_only=True)
class Queue:
    """A standard queue: what is received is hidden for a while, and what is not deleted comes back."""

    name: str
    clock: HandTurnedClock
    hides_for: timedelta
    max_receives: int
    waiting: list[Waiting] = field(default_factory=list)
    dead: list[Waiting] = field(default_factory=list)
    taken: int = 0

    def put(self, body: str, *, after: timedelta = timedelta()) -> None:
        """Take one message."""
        self.taken += 1
        message = Waiting(
            message_id=f"{self.name}-{self.taken}", body=body, visible_at=self.clock() + after
        )
        self.waiting.append(message)

    def receive(self, up_to: int) -> list[QueueMessage]:
        """Return visible messages, the oldest first; what was received too often is dead."""
        now = self.clock()
        visible = [m for m in self.waiting if m.visible_at <= now][:up_to]
        for message in visible:
            message.receives += 1
            message.visible_at = now + self.hides_for
        dead = [m for m in visible if m.receives > self.max_receives]
        self.dead += dead
        self._remove({m.message_id for m in dead})
        return [self._shaped(m) for m in visible if m not in dead]

    def delete(self, messages: Sequence[QueueMessage]) -> None:
        """Let messages go."""
        self._remove({message.message_id for message in messages})

    def delay(self, message_id: str, by: timedelta) -> None:
        """Give one message a visibility of its own."""
        for message in self.waiting:
            if message.message_id == message_id:
                message.visible_at = self.clock() + by

    def next_visible(self) -> datetime | None:
        """Say when the next message can be received."""
        return min((m.visible_at for m in self.waiting), default=None)

    def _remove(self, message_ids: set[str]) -> None:
        self.waiting = [m for m in self.waiting if m.message_id not in message_ids]

    def _shaped(self, message: Waiting) -> QueueMessage:
        attributes = {"ApproximateReceiveCount": str(message.receives)}
        return sqs_message(
            {
                "MessageId": message.message_id,
                "ReceiptHandle": message.message_id,
                "Body": message.body,
                "MD5OfBody": "",
                "Attributes": attributes,
            },
            queue_arn=ARN + self.name,
        )


@dataclass(slots=True, kw_only=True)
class QueueSource:
    """One poller between a queue and a function, after the model of Lambda's event source."""

    queue: Queue
    mapping: EventSourceMapping
    invoke: Invoke
    gatherer: QueueGatherer = field(init=False)

    def __post_init__(self) -> None:
        self.gatherer = QueueGatherer(self.mapping)

    def step(self) -> bool:
        """Do the next thing; False where there is nothing to do now."""
        now = self.queue.clock()
        match self.gatherer.next_step(now=now):
            case Bring(messages=messages):
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
        moments = [each for each in (closes, self.queue.next_visible()) if each is not None]
        return min(moments, default=None)


@dataclass(slots=True, kw_only=True)
class HubTopic:
    """The hub's topic with its filtered subscriptions: a queue by channel and priority.

    What `loses` names is not taken the first time; what `doubles` names is delivered twice.
    """

    queues: Mapping[tuple[str, str], Queue]
    loses: set[str]
    doubles: set[str]
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
        queue.put(message.body)
        if wanted in self.doubles:
            self.doubles.remove(wanted)
            queue.put(message.body, after=timedelta(seconds=30))
        return True
