"""Attack a local cloud with orders that only serve to have texts sent, and show what it costs. Used by `make drill-pumping`.

SMS pumping: somebody earns by texts to numbers of one expensive prefix, and orders them. The
velocity limit of the stage has to stop that within an hour's limit.
"""

import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import boto3
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as Grid

from local_cloud.cloud import LocalCloud
from ordercast.budgets.account import NOTHING
from ordercast.cli.local.clouds import local_target
from ordercast.cli.local.failures import stopped_on_failure
from ordercast.cli.output.progress import steps
from ordercast.decisions.lookup import LookupKeys
from ordercast.notifications.lifecycle import State
from ordercast.operations.target import Target
from ordercast.producer import Event, Producer
from ordercast.rollups.rollup import hour_of
from ordercast.rollups.spent import charged
from ordercast.rollups.statistics import Figures, in_all
from ordercast.workflows.read_rollups import HOUR, rollups_between

ORDERS = 5_000
NUMBERS = [f"+4670174{number:04}" for number in range(605, 700)]
"""Swedish numbers reserved for fiction; the price of Sweden is a ceiling in stages/local.toml."""

QUIET = timedelta(seconds=20)  # without a change: everything has come to rest
LONGEST = timedelta(minutes=15)
LOOK = 1.0  # seconds between two looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What became of the attack; money in US dollars."""

    sent: int
    held: int
    suppressed: int
    charged: Decimal
    limit: Decimal

    @property
    def is_within_the_limit(self) -> bool:
        """Whether the attack was stopped, and cost no more than the limit of its hours."""
        return self.held > 0 and self.charged <= self.limit


def main() -> None:
    """Deploy, attack, follow, tell; status 1 if the loss is above the limit."""
    console = Console()
    with steps(console) as progress:
        cloud = LocalCloud.start("drill", another=True, progress=progress)
        with stopped_on_failure(cloud):
            cloud.deploy(progress=progress)
    with stopped_on_failure(cloud):
        loss = _attack(local_target(cloud), console)
    cloud.stop()
    _tell(loss, console)
    sys.exit(not loss.is_within_the_limit)


def orders(count: int) -> Iterable[Event]:
    """Yield the orders of the attack."""
    for number in range(count):
        phone = NUMBERS[number % len(NUMBERS)]
        yield {"order_id": f"pump-{number:05}", "channel": "sms", "contact": {"phone": phone}}


def _attack(target: Target, console: Console) -> Loss:
    began = datetime.now(UTC)
    producer = Producer(client=boto3.client("kinesis"), stream=target.names.orders_stream)
    columns = (TextColumn("{task.description:>12}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bars:
        tasks = {
            name: bars.add_task(name, total=ORDERS)
            for name in ("put", "sent", "held", "suppressed")
        }
        bars.update(tasks["put"], completed=producer.put(orders(ORDERS)))
        last = loss = _loss(target, began)
        moved = time.monotonic()
        while time.monotonic() - moved < QUIET.total_seconds():
            loss = _loss(target, began)
            for name in ("sent", "held", "suppressed"):
                bars.update(tasks[name], completed=getattr(loss, name))
            if loss != last or loss.sent + loss.held + loss.suppressed < ORDERS:
                last, moved = loss, time.monotonic()
            if datetime.now(UTC) - began > LONGEST:
                break
            time.sleep(LOOK)
    return loss


def _loss(target: Target, began: datetime) -> Loss:
    now = datetime.now(UTC)
    first = began.replace(minute=0, second=0, microsecond=0)
    buckets = rollups_between(target.rollups(), first, now + HOUR)
    figures = in_all(buckets.values())
    count = int((now - first) / HOUR) + 1
    held = target.ledger().look_up(LookupKeys(holds=True)).holds
    periods = {each.scope.period for each in held} or {hour_of(now)}
    return Loss(
        sent=figures.sent,
        held=_in(figures, State.DEFERRED),
        suppressed=_in(figures, State.SUPPRESSED),
        charged=sum(map(charged, buckets.values()), NOTHING),
        limit=target.settings.velocity_floor * Decimal(min(count, len(periods))),
    )


def _in(figures: Figures, state: State) -> int:
    return int(figures.amounts.get(f"state#{state}", 0))


def _tell(loss: Loss, console: Console) -> None:
    grid = Grid(show_header=False, box=None)
    for name, figure in (
        ("orders to one expensive country", f"{ORDERS:,}"),
        ("texts sent", f"{loss.sent:,}"),
        ("held by the velocity limit", f"{loss.held:,}"),
        ("suppressed by the hourly cap of each number", f"{loss.suppressed:,}"),
        ("charged, USD, at the ceiling where no carrier has priced yet", f"{loss.charged:f}"),
        ("limit, USD", f"{loss.limit:f}"),
    ):
        grid.add_row(name, figure)
    console.print(grid)
    console.print(
        "The loss stays within the limit."
        if loss.is_within_the_limit
        else "[bold red]The loss is above the limit, or nothing was held.[/]"
    )


if __name__ == "__main__":
    main()
