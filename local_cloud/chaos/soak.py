"""Let many orders flow, and watch the memory and backlog of each process. Started by `make soak`."""

import re
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import boto3
import psutil
from rich.console import Console
from rich.table import Table

from local_cloud.chaos.flow import orders, put_all
from local_cloud.chaos.rest import Observation, wait_for_rest
from local_cloud.cloud import LocalCloud
from local_cloud.in_flight import backlogs
from local_cloud.supervisor.emulator_process import EMULATOR
from local_cloud.supervisor.state import SUPERVISOR, CloudFolder
from local_cloud.worker_memory import in_words, workers
from ordercast.cli.local.clouds import local_target
from ordercast.cli.output.progress import status_line, steps
from ordercast.cli.output.terminal import console
from ordercast.producer import Producer

ORDERS = 20_000
A_SECOND = 25.0
"""Orders that are put in a second."""

ENOUGH = 5_000
"""Orders of a run from which growth is judged: in a smaller one processes only warm up."""

WARM = 0.3
"""The share of the orders after which growth is measured: caches and pools are filled by then."""

GROWTH_LIMIT = {EMULATOR: 120.0}
GROWTH_LIMIT_OF_OTHERS = 2.0
"""MiB that a process may grow by for each 1,000 orders; the emulator keeps tables, streams and logs in memory."""

REST = timedelta(minutes=15)
MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakSample:
    """One look: messages sent so far, resident memory in MiB by process, backlog by function."""

    seconds: float
    orders: float
    memory: dict[str, float]
    backlog: dict[str, int]


@dataclass(slots=True, kw_only=True)
class Soak:
    """Samples a run; the samples are in order."""

    seen: Observation
    wanted: int
    orders: int
    samples: list[SoakSample] = field(default_factory=list)

    def sample(self) -> None:
        """Look once."""
        folder, endpoint = self.seen.cloud.folder, self.seen.cloud.endpoint
        seconds = (datetime.now(UTC) - self.seen.began).total_seconds()
        found = backlogs(folder, endpoint).items()
        self.samples.append(
            SoakSample(
                seconds=seconds,
                orders=self.orders * self.seen.new_messages() / self.wanted,
                memory=memory(self.seen.cloud),
                backlog={_function(arn): count for arn, count in found},
            )
        )

    def growth(self) -> dict[str, float]:
        """Return MiB for each 1,000 orders by process, once it is warm."""
        names = sorted({name for each in self.samples for name in each.memory})
        return {name: slope(self._warm(name)) for name in names}

    def _warm(self, name: str) -> list[tuple[float, float]]:
        """Return orders in thousands and MiB, without the first orders and the process's first looks."""
        found = [each for each in self.samples if name in each.memory][_FIRST_LOOKS:]
        return [
            (each.orders / 1000, each.memory[name])
            for each in found
            if each.orders >= WARM * self.orders
        ]

    def too_fast(self) -> dict[str, float]:
        """Return the processes that grow faster than they may."""
        if self.orders < ENOUGH:
            return {}
        return {
            name: grown
            for name, grown in self.growth().items()
            if grown > GROWTH_LIMIT.get(name, GROWTH_LIMIT_OF_OTHERS)
        }


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, print memory and backlog over time, and exit with 1 where something grows or is left."""
    parser = ArgumentParser(prog="make soak")
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with steps(console) as progress:
        cloud = LocalCloud.start("soak", another=True, progress=progress)
        try:
            cloud.deploy(progress=progress)
        except BaseException:
            cloud.stop(keep_logs=True)
            raise
    with cloud:
        broken = soak(cloud, count=chosen.orders, seed=chosen.seed)
    sys.exit(bool(broken))


def soak(cloud: LocalCloud, *, count: int, seed: int) -> dict[str, float]:
    """Let the orders flow to their end and print; return what is broken, with a figure for each."""
    target = local_target(cloud)
    made = list(orders(count, seed=seed))
    seen = Observation(cloud=cloud, target=target, began=datetime.now(UTC))
    run = Soak(seen=seen, wanted=sum(len(each.channels) for each in made), orders=count)
    over = threading.Event()
    sampling = threading.Thread(target=_sample, args=(run, over), daemon=True, name="samples")
    with status_line(console) as show:

        def look(put: int) -> None:
            cloud.check()
            show(f"orders put {put:,}/{count:,}")

        sampling.start()
        producer = Producer(client=boto3.client("kinesis"), stream=target.names.orders_stream)
        put_all(made, producer, seconds=count / A_SECOND, chance=_chance(seed), look=look)
        rest = wait_for_rest(seen, made, {}, within=REST)
        over.set()
        sampling.join(timeout=60)
    run.sample()
    broken: dict[str, float] = {**run.too_fast(), **rest.judgement.broken}
    if not rest.is_reached:
        broken["at rest in time"] = rest.seconds
    tell(run, broken, console)
    console.print(f"At rest {rest.seconds:.0f} s after the last order was put.")
    return broken


def memory(cloud: LocalCloud) -> dict[str, float]:
    """Return resident memory in MiB: of functions that of the largest process, and of the cloud's own two."""
    found: dict[str, float] = {}
    for each in workers(cloud.folder):
        found[each.function] = max(found.get(each.function, 0.0), each.resident / MIB)
    state = CloudFolder(path=cloud.folder).read()
    for name in (EMULATOR, SUPERVISOR):
        if state and (process := state.processes.get(name)) and process.alive():
            found[name] = psutil.Process(process.pid).memory_info().rss / MIB
    return found


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return how fast the second grows with the first (least squares); 0 for fewer than two points."""
    if len(points) < 2:  # noqa: PLR2004
        return 0.0
    x_mean = sum(x for x, _ in points) / len(points)
    y_mean = sum(y for _, y in points) / len(points)
    spread = sum((x - x_mean) ** 2 for x, _ in points)
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / spread if spread else 0.0


def tell(run: Soak, broken: dict[str, float], where: Console) -> None:
    """Print memory and backlog of each process over time, its growth, and the verdict."""
    parts = [run.samples[len(run.samples) * quarter // 4] for quarter in range(4)]
    shown = [*parts, run.samples[-1]]
    title = "memory, MiB, and the most that a function had not finished"
    times = [f"{each.seconds:.0f} s" for each in shown]
    table = Table("process", *times, "MiB/1,000", "backlog", title=title, title_justify="left")
    for name, grown in run.growth().items():
        memory_then = [f"{s.memory[name]:,.0f}" if name in s.memory else "" for s in shown]
        most = max((each.backlog.get(name, 0) for each in run.samples), default=0)
        table.add_row(name, *memory_then, f"{grown:.2f}", f"{most:,}")
    table.add_section()
    table.add_row("orders sent", *(f"{each.orders:,.0f}" for each in shown))
    for column in table.columns[1:]:
        column.justify = "right"
    where.print(table)
    for name, figure in broken.items():
        where.print(f"[bold red]✗[/] {name}: {figure:,.2f}")
    if run.orders < ENOUGH:
        where.print(f"Growth is not judged below {ENOUGH:,} orders.")
    if not broken:
        where.print("[bold green]✓[/] No process grows beyond its limit, and nothing is left.")


def _sample(run: Soak, over: threading.Event) -> None:
    while not over.wait(_EVERY):
        run.sample()


def _function(arn: str) -> str:
    found = re.search(r"Pipeline-(?P<name>[A-Za-z]+?)Function[0-9A-F]{8}", arn)
    return in_words(found["name"]) if found else arn.rpartition(":")[2]


def _chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - no secret


_EVERY = 5.0  # seconds
_FIRST_LOOKS = 3  # of a process that has just started


if __name__ == "__main__":
    main()
