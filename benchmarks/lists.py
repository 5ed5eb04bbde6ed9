"""Count and time pages of messages on a local cloud that holds many: `python -m benchmarks.lists --cloud NAME`.

Needs a local cloud with a history, such as `ordercast history --messages-a-day 2290 --busy-hour 20000`.
What is counted holds on AWS too; times are those of this machine and its emulator.
"""

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import IO, NamedTuple
from urllib.parse import urlsplit

from rich.console import Console

from ordercast.notifications.lifecycle import State
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.queries.message_filter import MessageFilter
from ordercast.queries.messages import Page, messages
from ordercast.rollups.statistics import by
from ordercast.workflows.read_rollups import rollups_between

QUERIES_MAX = 8
"""Queries of a page for each hour, or each state and day, that it looks at."""

UNITS_MAX = 50
"""Read units of a page of 50."""

MEDIAN_MAX, MEMORY_MAX = 0.3, 200 * 1024 * 1024
"""Seconds of a page of the console, at the median, and bytes of its process."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_TIMES = 9


class CountedPage(NamedTuple):
    """One page: what it is of, how many rows it has, and what it took; `looked` are hours, or states and days."""

    name: str
    rows: int
    looked: int
    queries: int
    units: float
    seconds: float

    @property
    def is_within(self) -> bool:
        """Whether it took no more than a page may."""
        return self.queries <= QUERIES_MAX * self.looked and self.units <= UNITS_MAX


class TimedPage(NamedTuple):
    """A page of the console: its address without values, and the median of its times."""

    path: str
    seconds: float


def main() -> None:
    """Measure, and print a table; status 1 if anything is over its bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cloud", help="the local cloud, if there are several")
    cloud = parser.parse_args().cloud
    where = target(LOCAL_STAGE, cloud)
    now = datetime.now(UTC)
    in_all, busiest, usual = _hours(where, now)
    console = Console(width=110)
    console.print(f"{in_all:,} messages in {_DAYS} days; {busiest[1]:,} of them in one hour")
    counted = [
        _counted(where, name, asked, looked)
        for name, asked, looked in _asked(busiest[0], usual[0], busiest[1], usual[1], now)
    ]
    for page in counted:
        mark = "ok" if page.is_within else "OVER"
        console.print(
            f"{page.name:<46}{page.rows:>4} rows {page.queries:>4} queries "
            f"{page.units:>6.1f} units {page.seconds * 1000:>6.0f} ms  {mark}"
        )
    timed, memory = _console_pages(cloud, busiest[0])
    for each in timed:
        console.print(f"console {each.path:<38}{each.seconds * 1000:>6.0f} ms at the median")
    console.print(f"console's memory: {memory / 2**20:.0f} MiB at most")
    slow = [each.path for each in timed if each.seconds > MEDIAN_MAX]
    over = [page.name for page in counted if not page.is_within]
    if slow or over or memory > MEMORY_MAX:
        sys.exit(f"over a bound: {', '.join([*over, *slow]) or 'memory'}")


_DAYS = 35


def _hours(where: Target, now: datetime) -> tuple[int, tuple[datetime, int], tuple[datetime, int]]:
    """Return how many messages there are, the hour with the most, and one with about the median."""
    buckets = rollups_between(where.rollups(), now - _DAYS * DAY - DAY, now + DAY)
    found = [
        (datetime.fromisoformat(f"{hour}:00+00:00"), figures.notifications)
        for (hour,), figures in by(buckets, ["hour"]).items()
    ]
    if not found:
        sys.exit("this local cloud has no messages: run `ordercast history` first")
    ordered = sorted(found, key=lambda each: each[1])
    return sum(n for _, n in found), ordered[-1], ordered[len(ordered) // 2]


def _asked(
    busiest: datetime, usual: datetime, many: int, some: int, now: datetime
) -> Sequence[tuple[str, MessageFilter, int]]:
    failed = frozenset({State.FAILED})
    return (
        (
            f"newest of an hour with {many:,}",
            MessageFilter(since=busiest, until=busiest + HOUR),
            1,
        ),
        (
            f"by channel of an hour with {many:,}",
            MessageFilter(since=busiest, until=busiest + HOUR, channel="sms"),
            1,
        ),
        (f"newest of an hour with {some:,}", MessageFilter(since=usual, until=usual + HOUR), 1),
        (
            "failed, of the busiest day",
            MessageFilter(since=busiest, until=busiest + HOUR, states=failed),
            _days_looked_at(busiest, now),
        ),
        # The hour that has none yet, the question for the next that has any, and that one.
        ("newest of all", MessageFilter(since=now - _DAYS * DAY, until=now), 3),
    )


def _days_looked_at(since: datetime, now: datetime) -> int:
    """Return how many days of failures a page may look at: a message may fail days later."""
    return (min(now, since + 5 * DAY).date() - since.date()).days + 1


def _counted(where: Target, name: str, asked: MessageFilter, looked: int) -> CountedPage:
    """Read one page, and count the queries that it makes."""
    queries = 0

    def count(**_: object) -> None:
        nonlocal queries
        queries += 1

    lists = where.lists()
    tables = (lists.counted.table, lists.ledger.table)  # type: ignore[attr-defined]  # of DynamoDB here
    for client in {id(each.client): each.client for each in tables}.values():
        client.meta.events.register("before-call.dynamodb.Query", count)

    def page() -> Page:
        return messages(asked, lists, now=datetime.now(UTC))

    read = page()
    taken = queries
    return CountedPage(name, len(read.rows), looked, taken, read.units, _median(page))


def _console_pages(cloud: str | None, busiest: datetime) -> tuple[list[TimedPage], int]:
    """Start a console, ask for pages again and again, and end it."""
    command = "from ordercast.cli import main; main()"
    named = ("--cloud", cloud) if cloud else ()
    with subprocess.Popen(
        [sys.executable, "-c", command, "console", *named],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as started:
        try:
            browser = _Browser.entering(_address(started.stdout))
            since, until = (f"{each:%Y-%m-%dT%H:%M}" for each in (busiest, busiest + HOUR))
            hour = f"since={since}&until={until}"
            paths = {
                "/": "/",
                "/messages": "/messages",
                "/messages, the busiest hour": f"/messages?{hour}",
                "/messages, failed": f"/messages?{hour}&state=failed",
                "/figures, a day": "/figures",
            }
            timed = [
                TimedPage(name, _median(partial(browser.get, path))) for name, path in paths.items()
            ]
            return timed, _most_memory(started.pid)
        finally:
            started.terminate()


class _Browser:
    """Keeps the cookie that the address with the token is traded for."""

    def __init__(self, netloc: str, cookie: str) -> None:
        self._netloc, self._cookie = netloc, cookie

    @classmethod
    def entering(cls, address: str) -> "_Browser":
        parts = urlsplit(address)
        connection = _connected(parts.netloc)
        connection.request("GET", f"{parts.path}?{parts.query}")
        cookie = connection.getresponse().getheader("set-cookie") or ""
        connection.close()
        return cls(parts.netloc, cookie.partition(";")[0])

    def get(self, path: str) -> None:
        """Read a page whole; one that is not there is an error."""
        connection = HTTPConnection(self._netloc)
        connection.request("GET", path, headers={"Cookie": self._cookie})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != _OK:
            sys.exit(f"{path}: the console answers {answer.status}")


def _connected(netloc: str) -> HTTPConnection:
    """Connect to a console, which names its address a moment before it listens."""
    for _ in range(_ATTEMPTS):
        connection = HTTPConnection(netloc)
        try:
            connection.connect()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return connection
    sys.exit("the console does not answer")


_ATTEMPTS = 100
_OK = 200


def _address(said: IO[str] | None) -> str:
    for line in said or ():
        if found := re.search(r"http://\S+", line):
            return found[0]
    sys.exit("the console has not started")


def _most_memory(pid: int) -> int:
    """Return the most memory that a process has had, in bytes (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def _median(call: Callable[[], object]) -> float:
    took = []
    for _ in range(_TIMES):
        begun = time.perf_counter()
        call()
        took.append(time.perf_counter() - begun)
    return median(took)


if __name__ == "__main__":
    main()
