"""Wait for the messages that events lead to on a local cloud. Used by `put`, `inbox` and `status`."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
from ordercast.operations.order_files import EventRow
from ordercast.operations.target import Target

IDLE_LIMIT = 60.0
"""Seconds without progress after which waiting ends; the first invocation may take 20."""

TEMPLATE_HINT = (
    "A message whose template fails waits too: its line above names the template, as does "
    "`ordercast status`, and `ordercast templates lint` finds a misspelt field"
)

PAUSE = 0.3  # seconds between two looks


def count_in_flight(cloud: LocalCloud, target: Target) -> InFlight:
    """Count the records and messages in flight, without receipts."""
    receipts = target.names.receipts_queue
    return in_flight(cloud.folder, cloud.endpoint, but_queue=receipts)


def waiting_on(name: str | None, target: Target) -> InFlight:
    """Count the records and messages in flight on the local cloud of that name."""
    return count_in_flight(running_cloud(name), target)


@contextmanager
def messages_of(
    name: str | None, target: Target, rows: Sequence[EventRow], console: Console
) -> Iterator[None]:
    """Wait, on the local cloud of that name, for the messages of events that a block puts; print their number."""
    cloud, events = running_cloud(name), [row.event for row in rows if row.event]
    own = OwnEvents(
        events=events,
        unusable=len(rows) - len(events),
        look_up=target.ledger().look_up,
        records_left=lambda: count_in_flight(cloud, target).records,
        now=lambda: datetime.now(UTC),
    )
    with stopped_on_failure(cloud, before=cloud):
        inbox = InboxReader(cloud.inbox)
        inbox.new()  # what was there before
        yield
        left = follow(cloud, own.count_in_flight, console)
        said = [*own.verdicts(), own.summary(inbox.new(), cloud=name)]
    for line in said:
        console.print(line, markup=False, soft_wrap=True)
    if left:
        stuck = f"Still in flight, without progress: {left}. Logs: {cloud.folder}/logs"
        errors_console.print(stuck, markup=False, soft_wrap=True)
    if left.messages:
        errors_console.print(TEMPLATE_HINT, markup=False, soft_wrap=True)


def follow(
    cloud: LocalCloud,
    look: Callable[[], InFlight],
    console: Console,
    *,
    idle_limit: float = IDLE_LIMIT,
) -> InFlight:
    """Wait until nothing is in flight, or there is no progress for a while; return what is left."""
    with status_line(console) as show:
        seen, moved = look(), time.monotonic()
        while seen and time.monotonic() - moved < idle_limit:
            show(f"In flight: {seen} (Ctrl-C stops only the waiting)")
            time.sleep(PAUSE)
            cloud.check()
            now = look()
            if now != seen:
                seen, moved = now, time.monotonic()
    return seen
