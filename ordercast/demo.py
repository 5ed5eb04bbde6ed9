"""A deployed local cloud in; orders put on it, told to their customers and accounted for out."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import boto3
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gateways.ledger import DynamoLedger
from local.cloud import LocalCloud
from local.inbox import SentMessage, read_inbox
from notifications.identity import notification_id
from notifications.knowledge import Wanted
from notifications.lifecycle import FINAL
from notifications.notification import Notification
from notifications.order_event import Channel, parse_order_event
from ordercast.accepted_metric import accepted_count
from ordercast.demo_report import Outcome
from ordercast.inbox_folder import save_inbox
from ordercast.producer import Producer
from ordercast.sample_orders import sample_orders
from ordercast.steps import status_line
from ordercast.target import local_target

PATIENCE = 90.0  # seconds without any progress, after which the demo reports what is missing
PAUSE = 0.3  # seconds between two looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Puts made-up orders and follows each message to its end; *keep_in* gets the inbox."""

    cloud: LocalCloud
    console: Console
    keep_in: Path

    def __call__(self, orders: int, *, seed: int) -> Outcome:
        """Run to the end, or until nothing has moved for a while."""
        target = local_target(self.cloud)
        started = datetime.now(UTC)
        events = list(sample_orders(orders, seed=seed, now=started))
        wanted = frozenset(each for _, payload in events for each in _ids(payload))
        kinesis = boto3.client("kinesis")
        stream = target.output("OrdersStreamName")
        Producer(client=kinesis, stream=stream).put_payloads(events)
        ledger = target.ledger()
        self._follow(
            {
                "reached the carrier": lambda: len(read_inbox(self.cloud.inbox)),
                "closed on the ledger": lambda: len(_closed(ledger, wanted)),
                "counted in CloudWatch": lambda: _counted(target.stage, started),
            },
            total=len(wanted),
        )
        messages = read_inbox(self.cloud.inbox)
        return Outcome(
            orders=orders,
            wanted=len(wanted),
            messages=messages,
            twice=_repeated(messages),
            rows=_rows(ledger, wanted),
            counted=_counted(target.stage, started),
            page=self._save(messages),
        )

    def _follow(self, counts: dict[str, Callable[[], int]], *, total: int) -> None:
        """Show each count until all have reached *total* or none has moved for PATIENCE."""
        with _shown(self.console, counts, total=total) as show:
            seen: dict[str, int] = {}
            moved = time.monotonic()
            while min(seen.values(), default=-1) < total and time.monotonic() - moved < PATIENCE:
                self.cloud.check()
                now = {name: count() for name, count in counts.items()}
                if now != seen:
                    seen, moved = now, time.monotonic()
                show(seen)
                time.sleep(PAUSE)

    def _save(self, messages: Sequence[SentMessage]) -> Path:
        page = save_inbox(messages, self.keep_in)
        shutil.copy(self.cloud.inbox / "messages.jsonl", self.keep_in)
        return page


@contextmanager
def _shown(
    console: Console, names: Iterable[str], *, total: int
) -> Iterator[Callable[[Mapping[str, int]], None]]:
    """Draw a bar for each count; where none can be drawn, print a line with all of them."""
    if not console.is_interactive:
        with status_line(console) as line:
            yield lambda seen: line(
                f"of {total} messages: " + ", ".join(f"{n} {name}" for name, n in seen.items())
            )
        return
    columns = (TextColumn("{task.description:>22}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        tasks = {name: progress.add_task(name, total=total) for name in names}

        def update(seen: Mapping[str, int]) -> None:
            for name, task in tasks.items():
                progress.update(task, completed=seen[name])

        yield update


def _ids(payload: bytes) -> list[str]:
    # The code for "no currency" in ISO 4217: only the ids are wanted here.
    event = parse_order_event(payload, default_currency="XXX")
    return [notification_id(event, channel) for channel in Channel]


def _closed(ledger: DynamoLedger, wanted: AbstractSet[str]) -> list[Notification]:
    return [row for row in _rows(ledger, wanted) if row.state in FINAL]


def _rows(ledger: DynamoLedger, wanted: AbstractSet[str]) -> list[Notification]:
    found = ledger.look_up(Wanted(notifications=frozenset(wanted)))
    return list(found.notifications.values())


def _counted(stage: str, since: datetime) -> int:
    return accepted_count(stage, since=since, until=datetime.now(UTC))


def _repeated(messages: Sequence[SentMessage]) -> int:
    """Count the messages that somebody got a second time; each one names its order."""
    times = Counter((m.channel, m.to, m.subject, m.text) for m in messages)
    return sum(times.values()) - len(times)
