"""Measure relaying and sending a number of orders, by our functions and one call at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from benchmarks.aws.stand_in import StandIn
from benchmarks.measuring import Counts, Job, Times, counted, timed
from benchmarks.ordercast_functions import Functions
from benchmarks.orders import Event, customers, kinesis_event, payloads, queue_event
from benchmarks.plain.one_call_at_a_time import OneCallAtATime

QUEUE_BATCH = 100  # of the senders: set in stages/*.toml as sms_sender.batch_size
PLAIN_QUEUE_BATCH = 10  # SQS's own default


class Aws(Protocol):
    """The stand-in, in this process or another."""

    def start_over(self) -> None:
        """Forget every item and message."""
        ...

    @property
    def published(self) -> Sequence[Mapping[str, str]]:
        """Return the messages that the topic or a queue was given."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """*channel* is sms, email or both; with *contact* each event repeats the customer's record."""

    channel: str
    count: int = 100
    contact: bool = False

    @property
    def messages(self) -> int:
        """The number of messages."""
        return self.count * (2 if self.channel == "both" else 1)

    def event(self) -> Event:
        """Return the orders as a batch of the stream."""
        return kinesis_event(payloads(self.count, channel=self.channel, contact=self.contact))


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Measures orders in two steps: until they are queued, and until all are sent."""

    prepare: Callable[[], None]
    relay: Job
    send: Callable[[], Job]

    def counts(self, aws: StandIn) -> tuple[Counts, Counts]:
        """Count both steps."""
        self.prepare()
        relayed = counted(aws, self.relay)
        return relayed, counted(aws, self.send())

    def times(self, *, rounds: int) -> tuple[Times, Times]:
        """Time both steps, the best of *rounds*."""
        relayed, sent = zip(*(self._times() for _ in range(rounds)), strict=True)
        return _best(relayed), _best(sent)

    def _times(self) -> tuple[Times, Times]:
        self.prepare()
        relayed = timed(self.relay)
        return relayed, timed(self.send())


def ours(aws: Aws, functions: Functions, orders: Orders) -> Steps:
    """Return the steps of Ordercast's functions."""
    event = orders.event()
    people = customers(orders.count)

    def prepare() -> None:
        aws.start_over()
        functions.people.put(people)

    def send() -> Job:
        batches = [
            (channel, queue_event(bodies))
            for channel in ("sms", "email")
            for bodies in _batches(
                [m["body"] for m in aws.published if m["channel"] == channel], QUEUE_BATCH
            )
        ]

        def deliver() -> None:
            for channel, event in batches:
                functions.send(channel, event)

        return deliver

    return Steps(prepare=prepare, relay=lambda: functions.relay(event), send=send)


def one_call_at_a_time(aws: Aws, plain: OneCallAtATime, orders: Orders) -> Steps:
    """Return the steps of the plain implementation."""
    event = orders.event()
    people = customers(orders.count)

    def prepare() -> None:
        aws.start_over()
        for each in people:
            plain.remember(each)

    def send() -> Job:
        bodies = [message["body"] for message in aws.published]
        batches = [queue_event(each) for each in _batches(bodies, PLAIN_QUEUE_BATCH)]

        def deliver() -> None:
            for batch in batches:
                plain.send(batch)

        return deliver

    return Steps(prepare=prepare, relay=lambda: plain.relay(event), send=send)


def _batches(bodies: Sequence[str], size: int) -> list[Sequence[str]]:
    return [bodies[start : start + size] for start in range(0, len(bodies), size)]


def _best(times: Sequence[Times]) -> Times:
    best, *others = times
    for each in others:
        best = best.quicker(each)
    return best
