"""Relay and send a number of orders, by Ordercast's functions or one call at a time. Used by the benchmarks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.aws.endpoint import Endpoint
from benchmarks.aws.stand_in import StandIn
from benchmarks.measuring import Job
from benchmarks.ordercast_functions import Functions
from benchmarks.orders import Event, customers, kinesis_event, payloads, queue_event
from benchmarks.plain.one_call_at_a_time import OneCallAtATime
from ordercast.people.person import Person

QUEUE_BATCH = 100  # of the senders: set in stages/*.toml as sms_sender.batch_size
PLAIN_QUEUE_BATCH = 10  # SQS's own default

Aws = StandIn | Endpoint
"""The stand-in, in this process or another."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Prepares two steps with orders: until they are queued, and until all are sent."""

    aws: Aws
    orders: Orders
    remember: Callable[[Sequence[Person]], None]
    relay: Callable[[Event], None]
    send: Callable[[str, Event], None]
    queue_batch: int

    def relaying(self) -> Job:
        """Start over with the customers' records alone, and return the first step."""
        self.aws.start_over()
        orders = self.orders
        self.remember(customers(orders.count))
        event = kinesis_event(
            payloads(orders.count, channel=orders.channel, contact=orders.contact)
        )
        return lambda: self.relay(event)

    def sending(self) -> Job:
        """Return the second step, with what the first has queued."""
        batches = [
            (channel, queue_event(bodies[start : start + self.queue_batch]))
            for channel in ("sms", "email")
            if (bodies := [m["body"] for m in self.aws.published if m["channel"] == channel])
            for start in range(0, len(bodies), self.queue_batch)
        ]

        def send() -> None:
            for channel, event in batches:
                self.send(channel, event)

        return send


def ours(aws: Aws, functions: Functions, orders: Orders) -> Steps:
    """Return the steps of Ordercast's functions."""
    return Steps(
        aws=aws,
        orders=orders,
        remember=functions.people.put,
        relay=functions.relay,
        send=functions.send,
        queue_batch=QUEUE_BATCH,
    )


def one_call_at_a_time(aws: Aws, plain: OneCallAtATime, orders: Orders) -> Steps:
    """Return the steps of the plain implementation."""
    return Steps(
        aws=aws,
        orders=orders,
        remember=plain.remember,
        relay=plain.relay,
        send=plain.send,
        queue_batch=PLAIN_QUEUE_BATCH,
    )
