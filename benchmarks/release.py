"""Count and time the release of deferred messages, and scale it to a morning. Used by `make bench`."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice

from msgspec.structs import replace

from benchmarks.aws import endpoint
from benchmarks.aws.account import LEDGER, opened
from benchmarks.aws.stand_in import StandIn
from benchmarks.batches import Aws
from benchmarks.measuring import counted, timed
from benchmarks.ordercast_functions import Functions, wired
from benchmarks.orders import customers, kinesis_event, payloads
from ordercast.decisions.lookup import LookupKeys
from ordercast.events.identity import order_hash_for, order_of
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus, status_rank

GROUPS = 4  # set in stages/*.toml as sweeper.groups
MEMORY = 1024 / 1769  # of a processor: 1,769 MiB are one vCPU (AWS Lambda guide: memory)
BUSY = 40 / 60  # seconds of each minute in which rounds begin: the timeout of 50 s less one round
ROUND_TRIP = 0.010  # seconds a call

MORNING = 3_000_000
GOAL = timedelta(minutes=40)

PLAYED = 100_000
TIMED = 10_000
A_BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What the release of so many messages takes; CPU in seconds a message, on this machine.

    `round_trips` are those of one group, one after the other.
    """

    messages: int
    calls: Counter[str]
    round_trips: int
    units: Counter[str]
    cpu: float

    @property
    def a_message(self) -> float:
        """Calls a message."""
        return self.calls.total() / self.messages

    @property
    def seconds(self) -> float:
        """Seconds of one group's function for a message: its processor's, and waiting for AWS."""
        return self.cpu / MEMORY + self.round_trips * ROUND_TRIP * GROUPS / self.messages

    def takes(self, messages: int = MORNING) -> timedelta:
        """Return how long so many take, shared out over the groups."""
        return timedelta(seconds=messages / GROUPS * self.seconds / BUSY)

    def units_a_second(self, kind: str, within: timedelta = GOAL) -> float:
        """Return the write units a second of the table, or of an index, that the morning takes."""
        return self.units[kind] / self.messages * MORNING / within.total_seconds()


def release(*, cpu: float, played: int = PLAYED) -> Release:
    """Count the release of so many messages, of which each takes *cpu* seconds."""
    aws = StandIn()
    with opened(aws.answer), wired(aws.timetable) as functions:
        _defer(aws, functions, played)
        before = Counter(aws.tables[LEDGER].units)
        counts = counted(aws, lambda: _sweep(functions))
        units = aws.tables[LEDGER].units - before
        released = len(aws.published)
    if released != played:
        message = f"{released} of {played} were released"
        raise RuntimeError(message)
    return Release(
        messages=played,
        calls=counts.calls,
        round_trips=counts.round_trips // GROUPS,
        units=_of_table_and_index(units),
        cpu=cpu,
    )


def cpu_a_message(messages: int = TIMED) -> float:
    """Release so many messages over connections; return the processor's seconds for each."""
    with (
        endpoint.running(latency=0) as aws,
        opened(aws.name, url=aws.url),
        wired() as functions,
    ):
        _defer(aws, functions, messages)
        return timed(lambda: _sweep(functions)).cpu / messages


def _sweep(functions: Functions) -> None:
    for group in range(GROUPS):
        functions.sweep({"group": group, "groups": GROUPS})


def _of_table_and_index(units: Counter[str]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for kind, number in units.items():
        sums["index" if " in the index " in kind else "table"] += number
    return sums


def _defer(aws: Aws, functions: Functions, messages: int) -> None:
    """Enter so many texts that were deferred until a minute ago, each of an order of its own."""
    functions.people.put(customers(A_BATCH))
    functions.relay(kinesis_event(payloads(A_BATCH, channel="sms", contact=False)))
    ledger = DynamoLedger(table=functions.ledger)
    ids = frozenset(json.loads(each["body"])["notification_id"] for each in aws.published)
    examples = list(ledger.look_up(LookupKeys(notifications=ids)).notifications.values())
    aws.start_over()
    functions.people.put(customers(A_BATCH))
    waiting = _copies(examples)
    for _ in range(0, messages, A_BATCH):
        rows = list(islice(waiting, A_BATCH))
        ledger.accept(rows, [_latest_status(row) for row in rows])


def _latest_status(row: Notification) -> LatestStatus:
    rank = status_rank(row.status, row.occurred_at) or 0
    return LatestStatus(order=order_of(row.id), channel=row.channel, status_rank=rank)


def _copies(examples: Sequence[Notification]) -> Iterator[Notification]:
    at = datetime.now(UTC) - timedelta(minutes=1)
    for number in count():
        row = examples[number % len(examples)]
        order = order_hash_for(shop=row.order.shop, order_id=f"copy-{number}")
        yield replace(
            row,
            id=order + row.id[len(order) :],
            state=State.DEFERRED,
            rule="quiet-hours",
            effective_at=at,
            due_at=at,
        )
