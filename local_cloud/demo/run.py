"""A deployed local cloud in; a made-up day played on it and accounted for out."""

import shutil
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import boto3
from rich.console import Console

from local_cloud.cloud import LocalCloud
from local_cloud.demo.day import Day, made_up_day
from local_cloud.demo.independent_counts import Witnesses
from local_cloud.demo.outcome import Outcome
from local_cloud.demo.play import Play
from local_cloud.demo.progress import progress
from local_cloud.demo.shop import SHOP
from local_cloud.inbox import FILE_NAME
from local_cloud.worker_memory import peaks
from ordercast.cli.local.inbox_folder import save_inbox
from ordercast.cli.verify import LOCAL_SECOND_LOOK, Answer, compare, settings_of
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.operations.report.page import report
from ordercast.operations.target import Target, local_target
from ordercast.people.person import Person
from ordercast.producer import Producer
from ordercast.rollups.rollup import Amounts, Bucket, hour_of
from ordercast.rollups.statistics import in_all
from ordercast.wiring.reconciliation import verification
from ordercast.workflows.read_rollups import HOUR

PATIENCE = 90.0
"""Seconds without any progress, after which the demo says what it has: the sweeper has come by then."""

PAUSE = 0.2  # seconds between two looks at what the carrier was given
SELDOM = 1.0  # seconds between two looks at what was counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Plays a day and follows it to its end; *keep_in* gets the messages and the report."""

    cloud: LocalCloud
    console: Console
    keep_in: Path
    patience: float = PATIENCE

    def __call__(self, orders: int, *, seed: int) -> Outcome:
        """Run to the end, or until nothing has moved for a while."""
        began = datetime.now(UTC)
        target = local_target(self.cloud)
        day = made_up_day(orders, seed=seed)
        target.people().put(list(_refusing(day)))
        play = _play(day, target)
        witnesses = Witnesses.of(self.cloud, target, since=_hour(began))
        self._follow(play, witnesses)
        took = datetime.now(UTC) - began
        memory = peaks(self.cloud.folder)
        verified = _verified(target, began)
        buckets = witnesses.buckets()
        return Outcome(
            orders=orders,
            put=Counter(each.kind for each in play.put),
            aggregated=sum(each.aggregated for each in play.put),
            accounts=witnesses.accounts(play.put),
            verified=verified,
            figures=in_all(buckets.values()),
            example=next((m for m in witnesses.messages if m.channel == "sms"), None),
            memory=memory,
            pages=self._save(witnesses, buckets, target.stage, _hour(began)),
            took=took,
        )

    def _follow(self, play: Play, witnesses: Witnesses) -> None:
        """Put and look until all who count agree, or nothing has moved for a while."""
        with progress(self.console, play.records) as show:
            put, accounts = 0, witnesses.accounts([])
            moved = looked = time.monotonic()
            while time.monotonic() - moved < self.patience:
                self.cloud.check()
                play.arrived(witnesses.new_messages())
                play.go_on(datetime.now(UTC))
                if time.monotonic() - looked >= SELDOM:
                    before, (put, accounts) = (
                        (put, accounts),
                        (len(play.put), witnesses.accounts(play.put)),
                    )
                    show(put, accounts)
                    if put == play.records and not accounts.disagreements:
                        return
                    looked = time.monotonic()
                    moved = moved if (put, accounts) == before else looked
                time.sleep(PAUSE)

    def _save(
        self,
        witnesses: Witnesses,
        buckets: Mapping[Bucket, Amounts],
        stage: str,
        since: datetime,
    ) -> dict[str, Path]:
        """Keep what was sent and what came of it; return the pages to look at."""
        inbox = save_inbox(witnesses.messages, self.keep_in)
        shutil.copy(self.cloud.inbox / FILE_NAME, self.keep_in)
        now = datetime.now(UTC)
        page = self.keep_in / "report.html"
        page.write_text(
            report(buckets, stage=stage, since=since, until=_hour(now) + HOUR, made_at=now),
            encoding="utf-8",
        )
        return {"messages": inbox, "report": page}


def _play(day: Day, target: Target) -> Play:
    kinesis, stream = boto3.client("kinesis"), target.names.orders_stream
    return Play(
        day=day,
        plain=Producer(client=kinesis, stream=stream),
        aggregating=Producer(client=kinesis, stream=stream, aggregate=True),
    )


def _refusing(day: Day) -> list[Person]:
    return [
        Person(
            key=customer_key(shop=SHOP, customer_id=customer_id),
            customer_id=customer_id,
            shop=SHOP,
            refusals=dict.fromkeys(map(Channel, channels), "opted-out"),
        )
        for customer_id, channels in day.refusing.items()
    ]


def _verified(target: Target, began: datetime) -> Answer:
    """Compare the books with the ledger, the stream and CloudWatch, as `ordercast verify` does."""
    settings = settings_of(target, patience=LOCAL_SECOND_LOOK)
    wired = verification(settings, now=lambda: datetime.now(UTC))
    until = _hour(datetime.now(UTC)) + HOUR
    return compare(target, wired, settings, _hour(began), until)


def _hour(moment: datetime) -> datetime:
    return datetime.fromisoformat(f"{hour_of(moment)}:00+00:00")
