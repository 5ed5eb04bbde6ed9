"""Play a made-up day on a deployed local cloud until the counts agree. Used by `ordercast demo`."""

import shutil
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import boto3
from rich.console import Console

from local_cloud.cloud import LocalCloud
from local_cloud.demo.day import Day, made_up_day
from local_cloud.demo.independent_counts import IndependentCounts
from local_cloud.demo.outcome import DemoOutcome
from local_cloud.demo.play import Play
from local_cloud.demo.progress import progress
from local_cloud.demo.shop import SHOP
from local_cloud.environment import REGION
from local_cloud.history.write import WrittenHistory
from local_cloud.inbox import FILE_NAME
from local_cloud.provider_simulator.faults.control import FaultClient
from local_cloud.provider_simulator.faults.fault import FaultKind, ProviderFault
from local_cloud.worker_memory import peaks
from ordercast.cli.local.clouds import local_target
from ordercast.cli.local.inbox import save_inbox
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.operations.reconciliation import compare
from ordercast.operations.report.page import report
from ordercast.operations.target import Target
from ordercast.people.person import Person
from ordercast.producer import Producer
from ordercast.rollups.rollup import Amounts, RollupKey
from ordercast.rollups.statistics import in_all
from ordercast.workflows.read_rollups import HOUR, rollups_between

IDLE_LIMIT = 90.0
"""Seconds without progress after which the demo ends; the sweeper runs within that time."""

OUTAGE = timedelta(seconds=5)
"""How long texts of the first Region are refused in the middle of the day: they go by the second."""

PAUSE = 0.2  # seconds between two looks at the inbox
SELDOM = 1.0  # seconds between two looks at the counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Plays a day and follows it to its end; *keep_in* gets the messages and the report.

    With a history of the days *before* there is a second report, of these and the day.
    """

    cloud: LocalCloud
    console: Console
    keep_in: Path
    idle_limit: float = IDLE_LIMIT
    before: WrittenHistory | None = None

    def __call__(self, orders: int, *, seed: int) -> DemoOutcome:
        """Run to the end, or until there is no progress for a while."""
        began, target = datetime.now(UTC), local_target(self.cloud)
        since = _hour(began)
        day = made_up_day(orders, seed=seed)
        target.people().put(_refusing(day))
        play = _play(day, target)
        counts = IndependentCounts.of(self.cloud, target, since=since)
        self._follow(play, counts)
        took = datetime.now(UTC) - began
        memory = peaks(self.cloud.folder)
        verified = compare(target, since, _hour(datetime.now(UTC)) + HOUR)
        buckets = counts.buckets()
        return DemoOutcome(
            orders=orders,
            put=Counter(each.kind for each in play.put),
            aggregated=sum(each.aggregated for each in play.put),
            comparison=counts.compare(play.put),
            verified=verified,
            away=sum(m.channel == "sms" and m.region != REGION for m in counts.messages),
            figures=in_all(buckets.values()),
            example=next((m for m in counts.messages if m.channel == "sms"), None),
            memory=memory,
            pages=self._save(counts, buckets, target.stage, since),
            took=took,
        )

    def _follow(self, play: Play, counts: IndependentCounts) -> None:
        """Put and look until all counts agree, or there is no progress for a while."""
        outage = Outage(FaultClient(endpoint=self.cloud.provider_endpoint))
        with progress(self.console, play.records) as show:
            seen = 0, counts.compare([])
            moved = looked = time.monotonic()
            while time.monotonic() - moved < self.idle_limit:
                self.cloud.check()
                play.arrived(counts.new_messages())
                play.go_on(datetime.now(UTC))
                outage.begin(len(play.put) >= play.records / 2)
                if time.monotonic() - looked >= SELDOM:
                    before, seen = seen, (len(play.put), counts.compare(play.put))
                    show(*seen)
                    if seen[0] == play.records and not seen[1].disagreements:
                        return
                    looked = time.monotonic()
                    moved = moved if seen == before else looked
                time.sleep(PAUSE)

    def _save(
        self,
        counts: IndependentCounts,
        buckets: Mapping[RollupKey, Amounts],
        stage: str,
        since: datetime,
    ) -> dict[str, Path]:
        """Save the messages and the report; return the pages to look at."""
        inbox = save_inbox(counts.messages, self.keep_in)
        shutil.copy(self.cloud.inbox / FILE_NAME, self.keep_in)
        page = self._report(REPORT, buckets, stage, since, beside={WEEKS: "With the days before"})
        pages = {"messages": inbox, "report": page}
        if self.before:
            first = datetime.combine(self.before.first, time_of_day.min, tzinfo=UTC)
            rollups = rollups_between(counts.rollups, first, datetime.now(UTC) + HOUR)
            beside = {REPORT: "The day alone"}
            weeks = self._report(WEEKS, rollups, stage, first, beside=beside)
            pages["report with the days before"] = weeks
        return pages

    def _report(
        self,
        name: str,
        buckets: Mapping[RollupKey, Amounts],
        stage: str,
        since: datetime,
        *,
        beside: Mapping[str, str],
    ) -> Path:
        now = datetime.now(UTC)
        page, until = self.keep_in / name, _hour(now) + HOUR
        others = beside if self.before else {}
        page.write_text(
            report(buckets, stage=stage, since=since, until=until, made_at=now, beside=others),
            encoding="utf-8",
        )
        return page


REPORT, WEEKS = "report.html", "weeks.html"
"""The report of the day, and that with the days before it."""


@dataclass(slots=True)
class Outage:
    """Refuses connections to the first Region's texts, once."""

    control: FaultClient
    _begun: bool = False

    def begin(self, due: bool) -> None:  # noqa: FBT001
        """Begin, if it is *due* and did not yet."""
        if due and not self._begun:
            self._begun = True
            fault = ProviderFault(provider="sns", region=REGION, kind=FaultKind.DOWN)
            self.control.set([fault], duration=OUTAGE)


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


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
