"""A stage in memory with something of everything, for the console's tests and pictures."""

from collections.abc import Callable
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from msgspec.structs import replace

from ordercast.audit import Act, Verb
from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.console.stage import ConsoleStage
from ordercast.events.order_event import Channel
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.operations.alarms import AlarmState, StageAlarm
from ordercast.operations.doctor.findings import AccountFinding, CheckVerdict
from ordercast.operations.parked_sources import ParkedSources
from ordercast.operations.queue_depths import QueueDepth
from ordercast.pacing.holds import Hold, Scope, Why, held
from ordercast.parked.item import Kind
from ordercast.queries.messages import Lists
from ordercast.rollups.rollup import Amount, RollupKey
from ordercast.settings.alarm_severity import Severity
from ordercast.settings.published import StageNames
from ordercast.settings.stage import StageSettings
from ordercast.settings.stage_files import stage_settings
from ordercast.workflows.redrive.notifications import ParkedNotifications
from ordercast.workflows.redrive.stream_records import ParkedStreamRecords
from tests.busy_day import busy_day
from tests.examples import notification, payload
from tests.fakes.accounts import FakeAccounts
from tests.fakes.audit_trail import FakeAuditTrail
from tests.fakes.buckets import FakeBuckets
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger
from tests.fakes.limits import FakeLimits
from tests.fakes.message_lists import FakeCountedList, FakeLedgerLists
from tests.fakes.parked_store import FakeParkedStore, FakeStream
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.rollups import FakeRollups
from tests.fakes.shops import FakeShops
from tests.fakes.stage_names import NAMES
from tests.fakes.template_versions import FakeTemplateVersions
from tests.fakes.world import World

LATER = timedelta(hours=5, minutes=34, seconds=5)
NOW = START + LATER

PAUSE = Hold(
    why=Why.PAUSED,
    scope=Scope(country="SE", channel=Channel.SMS),
    by="ada",
    since=NOW - timedelta(minutes=12),
    reason="the carrier asks for it",
)
BUDGET = Budget(period=BudgetPeriod.DAY, limit=Decimal(50), by="ada", since=NOW, reason="a trial")
MALFORMED = b'{"order_id": "o-7", "contact": {"email": "ada@example.com"}}'


@dataclass(slots=True)
class ExampleTarget:
    """What the console reads a stage by, over fakes."""

    world: World
    counted: FakeRollups
    trail: FakeAuditTrail = field(default_factory=FakeAuditTrail)
    settings: StageSettings = field(default_factory=lambda: stage_settings("local"))
    names: StageNames = NAMES

    @property
    def stage(self) -> str:
        return "local"

    def ledger(self) -> FakeLedger:
        return self.world.ledger

    def rollups(self) -> FakeRollups:
        return self.counted

    def audit_trail(self) -> FakeAuditTrail:
        return self.trail

    def shops(self) -> FakeShops:
        return FakeShops()

    def receipt_logs(self) -> FakeReceiptLogs:
        return self.world.receipt_logs

    def template_versions(self) -> FakeTemplateVersions:
        return self.world.template_versions

    @property
    def region(self) -> str:
        return "us-east-1"

    def buckets(self) -> FakeBuckets:
        return self.world.buckets

    def lists(self) -> Lists:
        counted = FakeCountedList(self.counted, [])
        return Lists(counted=counted, ledger=FakeLedgerLists(self.world.ledger))

    def accounts(self) -> FakeAccounts:
        return FakeAccounts()

    def limits(self) -> FakeLimits:
        return FakeLimits(self.world.ledger)


@dataclass(slots=True, kw_only=True)
class Example:
    """The stage, and what it was made of."""

    target: ExampleTarget
    store: FakeParkedStore
    stream: FakeStream
    now: datetime = NOW
    findings: list[AccountFinding] = field(default_factory=lambda: FINDINGS)
    alarms: list[StageAlarm] = field(default_factory=lambda: [ALARM])

    def stage(self, *, allow_actions: bool = False) -> ConsoleStage:
        """Return it as the console is given it."""
        return ConsoleStage(
            where=cast("Any", self.target),
            allow_actions=allow_actions,
            parked=self.parked,
            account=lambda: self.findings,
            queues=lambda: {"sms, normal": QueueDepth(waiting=12, taken=3)},
            alarms=lambda: self.alarms,
            now=lambda: self.now,
        )

    def parked(self) -> ParkedSources:
        """Return what is parked: records and notifications."""
        world = self.target.world
        records = ParkedStreamRecords(store=self.store, put=self.stream.put, now=lambda: self.now)
        notifications = ParkedNotifications(
            ledger=world.ledger,
            notifications_topic=world.notifications_topic,
            now=lambda: self.now,
            days=lambda: [self.now.date()],
            first_wait=timedelta(minutes=5),
            paced=world.paced(),
        )
        return ParkedSources(
            paced=notifications.paced,
            parked_sources=[(Kind.RECORD, records), (Kind.NOTIFICATION, notifications)],
        )


ALARM: StageAlarm = StageAlarm(
    id="SweeperBehind",
    name="Ordercast-local-Observability-AlarmsSweeperBehind",
    region="us-east-1",
    severity=Severity.WARNING,
    state=AlarmState.RINGS,
    means="What is due waits too long.",
    runbook="docs/runbook.md#sweeperbehind",
    since=NOW - timedelta(minutes=12),
    threshold="at least 600 in 3 x 5 min",
    value=1234.0,
)

FINDINGS: list[AccountFinding] = [
    AccountFinding(fact="SES sandbox", verdict=CheckVerdict.OK, found="out of it"),
    AccountFinding(
        fact="spend limit",
        verdict=CheckVerdict.BAD,
        found="1.00 USD a month",
        advice="Ask for more in the console of AWS.",
        channel=Channel.SMS,
    ),
]


def example(count: Callable[[], dict[RollupKey, dict[str, Amount]]] = busy_day) -> Example:
    """Return a stage on whose day something of everything has happened."""
    world = World()
    world.now.turn(LATER)
    ledger = world.ledger
    ledger.holds = (PAUSE,)
    ledger.limits = Limits(budgets=(BUDGET,))
    world.relay(payload(order_id="o-sent", event_id="e-sent", status="shipped"), at=50)
    world.send_published()
    waiting = held(notification(1, Channel.SMS, country="SE"), PAUSE, until=NOW)
    parked = notification(
        2, Channel.EMAIL, state=State.PARKED, rule="out-of-attempts", attempts=5, closed_at=NOW
    )
    ledger.rows |= {waiting.id: waiting, parked.id: parked}
    rollups = FakeRollups(written={(key, 0): amounts for key, amounts in count().items()})
    return Example(
        target=ExampleTarget(world=world, counted=rollups),
        store=FakeParkedStore(kept=[_record("101"), _record("102", reason="not-json")]),
        stream=FakeStream(),
    )


def hostile_example(words: str) -> Example:
    """Return a stage on which every field that others write holds *words*."""
    made = example(dict)
    world, now = made.target.world, made.now
    world.relay(
        payload(
            order_id=words,
            event_id=words,
            shop=words,
            campaign=words,
            status="shipped",
            items=[words],
            tracking_url=f"https://example.com/{words}",
        ),
        at=60,
    )
    world.send_published()
    parked = notification(3, state=State.PARKED, rule=words, closed_at=now)
    world.ledger.rows[parked.id] = parked
    world.ledger.holds = (
        Hold(why=Why.PAUSED, scope=Scope(shop=words), by=words, since=now, reason=words),
    )
    budget = replace(BUDGET, shop=words, by=words, reason=words)
    world.ledger.limits = Limits(budgets=(budget,))
    act = Act(verb=Verb.PAUSE, of=words, by=words, at=now, tag="0a", reason=words)
    made.target.trail.intend(act)
    made.target.trail.end(act, words)
    hour = f"{now:%Y-%m-%dT%H}"
    key = RollupKey(hour, "sms", words, words, words, words)
    amounts: dict[str, Amount] = {"state#suppressed": 1, f"rule#suppressed#{words}": 1}
    made.target.counted.written[key, 0] = amounts
    made.store.kept = [_record("301", reason=words, detail=words, content=words.encode())]
    made.alarms = [replace_fields(ALARM, id=words, means=words, runbook=words, threshold=words)]
    made.findings = [
        AccountFinding(fact=words, of=words, verdict=CheckVerdict.BAD, found=words, advice=words)
    ]
    return made


def _record(
    position: str,
    *,
    reason: str = "malformed-order-event",
    detail: str = "order_id: is missing",
    content: bytes = MALFORMED,
) -> ParkedRecord:
    kept = StreamRecord(
        sequence_number=position,
        partition_key=f"o-{position}",
        arrived_at=NOW - timedelta(hours=1),
        payload=content,
    )
    return ParkedRecord(record=kept, reason=reason, detail=detail)
