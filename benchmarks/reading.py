"""Time de-aggregating and parsing orders: the relay's code and the usual libraries.

Usual is aws-kinesis-agg's iterator, then json, then pydantic.
"""

import gc
import json
import sys
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from benchmarks.measuring import Job, timed
from benchmarks.orders import Event, kinesis_event, payloads
from benchmarks.plain.contract import PlainOrderEvent
from ordercast.events.envelope import open_envelope
from ordercast.events.order_event import OrderEvent
from ordercast.events.parse import parse_order_event
from ordercast.events.stream_record import StreamRecord
from ordercast.gateways.streams.kinesis_records import stream_records

AGGREGATES = 4
ORDERS_EACH = 90  # about the 50 kB at which Amazon's KPL closes an aggregate
ROUNDS = 9
RUNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Processor seconds per order, of the run with the median ratio."""

    ours: float
    usual: float

    @property
    def ratio(self) -> float:
        """Ordercast's time as a share of the usual libraries'."""
        return self.ours / self.usual


def reading() -> Reading:
    """Time both alternately, several times."""
    event = batch()
    runs = [
        Reading(ours=_best(lambda: ours(event)), usual=_best(lambda: usual(event)))
        for _ in range(RUNS)
    ]
    return sorted(runs, key=lambda run: run.ratio)[RUNS // 2]


def batch() -> Event:
    """Return orders with all their fields, as Lambda brings aggregates of them."""
    orders = payloads(ORDERS_EACH, channel="both", contact=True)
    return kinesis_event([_aggregate(f"p-{n}", orders) for n in range(AGGREGATES)])


def ours(event: Event) -> list[OrderEvent]:
    """Do what the relay does: from the Lambda event to order events."""
    return [
        parse_order_event(part.payload, default_currency="USD")
        for record in stream_records(event)
        for part in open_envelope(record)
        if isinstance(part, StreamRecord)
    ]


def usual(event: Event) -> list[PlainOrderEvent]:
    """Do the same with the usual libraries."""
    iterate = _theirs("deaggregator").iter_deaggregate_records
    return [
        PlainOrderEvent.model_validate(json.loads(b64decode(each["kinesis"]["data"])))
        for each in iterate(event["Records"])
    ]


def _aggregate(key: str, orders: Sequence[bytes]) -> bytes:
    writer = _theirs("aggregator").RecordAggregator()
    for each in orders:
        writer.add_user_record(key, each)
    data: bytes = writer.clear_and_get().get_contents()[2]
    return data


def _theirs(module: str) -> ModuleType:
    """Import a module of aws-kinesis-agg; undo that it puts its folder first on the path."""
    path = sys.path.copy()
    try:
        return import_module(f"aws_kinesis_agg.{module}")
    finally:
        sys.path[:] = path


def _best(job: Job) -> float:
    gc.collect()
    return min(timed(job).cpu for _ in range(ROUNDS)) / (AGGREGATES * ORDERS_EACH)
