"""Wait for the messages that events lead to on a local cloud. Used by `put`, `inbox` and `status`."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

from rich.console import Console

from local_cloud.cloud import LocalCloud
from local_cloud.in_flight import InFlight, in_flight
from local_cloud.inbox import InboxReader
from ordercast.cli.local.clouds import running_cloud
from ordercast.cli.local.failures import stopped_on_failure
from ordercast.cli.local.own_events import OwnEvents
from ordercast.cli.output.progress import status_line
from ordercast.cli.output.terminal import errors_console
from ordercast.operations.order_files import Row
from ordercast.operations.target import Target

DUE_POLICY = 60.0
"""Seconds without any progress, after which nobody waits on; a cold machine's first invocation takes 20."""

PAUSE = 0.3  # seconds between two looks


def still_on_the_way(cloud: LocalCloud, target: Target) -> InFlight:
    """Count what has still to become messages; receipts are none."""
    receipts = target.names.receipts_queue
    return in_flight(cloud.folder, cloud.endpoint, but_queue=receipts)


def own_events(cloud: LocalCloud, target: Target, rows: Sequence[Row]) -> OwnEvents:
    """Return those events, to be followed by themselves."""
    events = [row.event for row in rows if row.event]
    return OwnEvents(
        events=events,
        unusable=len(rows) - len(events),
        look_up=target.ledger().look_up,
        records_left=lambda: still_on_the_way(cloud, target).records,
        now=lambda: datetime.now(UTC),
    )


def waiting_on(name: str | None, target: Target) -> InFlight:
    """Count what has still to become messages on the local cloud of that name."""
    return still_on_the_way(running_cloud(name), target)


def arrivals_of(
    name: str | None, target: Target, rows: Sequence[Row], console: Console
) -> AbstractContextManager[None]:
    """Wait for the messages of those events, on the local cloud of that name."""
    cloud = running_cloud(name)
    return inbound_events(cloud, own_events(cloud, target, rows), console)


@contextmanager
def inbound_events(cloud: LocalCloud, own: OwnEvents, console: Console) -> Iterator[None]:
    """Wait for the messages of the events that a block puts, and say how many came."""
    with stopped_on_failure(cloud, but=cloud):
        inbox = InboxReader(cloud.inbox)
        inbox.new()  # what was there before
        yield
        left = follow(cloud, own.still_on_the_way, console)
        arrived = own.count(inbox.new())
    messages = "1 message" if arrived == 1 else f"{arrived} messages"
    console.print(f"{messages} sent (simulated)")
    if left:
        told = f"Still on the way, and nothing moves: {left}. Logs: {cloud.folder}/logs"
        errors_console.print(told, markup=False, soft_wrap=True)


def follow(
    cloud: LocalCloud,
    look: Callable[[], InFlight],
    console: Console,
    *,
    patience: float = DUE_POLICY,
) -> InFlight:
    """Look until nothing is on its way any more, or nothing has moved for a while; what still is then."""
    with status_line(console) as show:
        seen, moved = look(), time.monotonic()
        while seen and time.monotonic() - moved < patience:
            show(f"On the way: {seen} (Ctrl-C stops only the waiting)")
            time.sleep(PAUSE)
            cloud.check()
            now = look()
            if now != seen:
                seen, moved = now, time.monotonic()
    return seen
