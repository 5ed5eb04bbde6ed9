"""Run all functions with their event sources on fakes until nothing moves any more. Used by the explorer."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lambda_event_sources.outcomes import Errored, Outcome, Returned
from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from tests.explorer.checks import budgets, rollups
from tests.explorer.deployed.calendar_of_day import Calendar
from tests.explorer.deployed.fitting import POLICY, Fitting
from tests.explorer.deployed.functions import Function, Functions
from tests.explorer.deployed.operator import Operator
from tests.explorer.deployed.outages import Outages
from tests.explorer.deployed.provider import Carrier
from tests.explorer.deployed.reputations import ModelReputations
from tests.explorer.deployed.routes import SCORED
from tests.explorer.deployed.schedule import EveryMinute
from tests.explorer.deployed.script import Script
from tests.explorer.event_sources import mappings
from tests.explorer.event_sources.changes import LedgerStream, Rows
from tests.explorer.event_sources.queues import Event, NotificationsTopic, Queue, QueueSource
from tests.explorer.event_sources.source import Source
from tests.explorer.event_sources.stream import StreamSource
from tests.explorer.faults.fault_proxy import FaultProxy
from tests.explorer.faults.journal import Journal
from tests.explorer.faults.points import Crash, Point
from tests.explorer.faults.trace import Trace
from tests.fakes.accounts import FakeAccounts
from tests.fakes.buckets import FakeBuckets
from tests.fakes.clock import START, HandTurnedClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.parked_records import FakeParkedRecords
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.rollups import FakeRollups
from tests.fakes.template_versions import FakeTemplateVersions
from tests.templates.review import review_template

FUNCTION_TIME_OUT = timedelta(minutes=1)
VISIBILITY = 6 * FUNCTION_TIME_OUT

A_WHILE = timedelta(seconds=30)
"""Long enough for receipts to come, and for nobody's lease or function to end."""

STEPS = 2000
"""More than any run needs: who takes more goes round in circles."""


@dataclass(slots=True)
class Stage:
    """Everything that is deployed, on fakes; `play` is the only thing that lets time pass.

    `ended` keeps the rows that have expired, as they were; `circling` is set where it never came
    to rest.
    """

    script: Script
    fitting: Fitting = field(default_factory=Fitting)
    points: tuple[Point, ...] = ()
    say: Callable[[str], None] | None = None
    clock: HandTurnedClock = field(default_factory=HandTurnedClock)
    journal: Journal = field(default_factory=Journal)
    ledger: FakeLedger = field(
        default_factory=lambda: FakeLedger(rows=Rows(), scored_routes=SCORED)
    )
    rollups: FakeRollups = field(default_factory=FakeRollups)
    receipt_logs: FakeReceiptLogs = field(default_factory=FakeReceiptLogs)
    buckets: FakeBuckets = field(default_factory=FakeBuckets)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    template_versions: FakeTemplateVersions = field(default_factory=FakeTemplateVersions)
    parked: FakeParkedRecords = field(default_factory=FakeParkedRecords)
    reputations: ModelReputations = field(default_factory=ModelReputations)
    outages: Outages = field(default_factory=Outages)
    ended: dict[str, Notification] = field(default_factory=dict)
    circling: bool = False
    fault_proxy: FaultProxy = field(init=False)
    queues: dict[str, Queue] = field(init=False)
    topic: NotificationsTopic = field(init=False)
    stream: StreamSource = field(init=False)
    changes: LedgerStream = field(init=False)
    operator: Operator = field(init=False)
    _sources: list[Source] = field(init=False)
    _calendar: Calendar = field(default_factory=Calendar)
    _busy: list[Source] = field(default_factory=list)
    _began: datetime = START

    def __post_init__(self) -> None:
        self.accounts.buckets = self.fitting.buckets(self.buckets)
        self.rollups.limits = lambda: self.ledger.limits
        self.fault_proxy = FaultProxy(
            clock=self.clock,
            points=self.points,
            say=self.say,
            tell=Trace(self.ledger.rows),
            meanwhile=self._meanwhile,
            later=lambda wait, happening: self.after(self.clock() - START + wait, happening),
        )
        self.queues = {name: self._queue(name) for name in _QUEUES}
        self.topic = NotificationsTopic(
            queues={(c, p): self.queues[f"{c}-{p}"] for c in Channel for p in _PRIORITIES},
            loses=set(self.script.lost),
            doubles=set(self.script.doubled),
            delays=self.script.delayed,
            returns=set(self.script.returned),
        )
        functions = self._functions()
        self.stream = StreamSource(
            clock=self.clock,
            mapping=mappings.STREAM,
            invoke=self._invoking("order relay", functions.relay()),
        )
        self.changes = LedgerStream(
            clock=self.clock,
            mapping=mappings.CHANGES,
            invoke=self._invoking("analytics", functions.analytics()),
            withholds=self.script.withheld,
        )
        assert isinstance(self.ledger.rows, Rows)
        self.ledger.rows.tell = self.changes.take
        senders = {c: self._invoking(f"{c} sender", functions.sender(c)) for c in Channel}
        self.operator = Operator(
            clock=self.clock,
            journal=self.journal,
            command=self._invoking("operator", functions.command()),
            act=self._invoking("operator", functions.act()),
        )
        self._sources = [
            self.operator,
            self.stream,
            *(self._source(f"{c}-{p}", senders[c]) for p in _PRIORITIES for c in Channel),
            self._source("receipts", self._invoking("receipt tracker", functions.tracker())),
            *self.changes.lanes,
        ]
        if self.fitting.sweeps:
            sweeper = self._invoking("sweeper", functions.sweeper())
            self._sources.append(
                EveryMinute(
                    clock=self.clock,
                    rows=self.ledger.rows,
                    holds=lambda: self.ledger.holds,
                    holds_kept=self.fitting.holds_kept,
                    receipt_logs=self.receipt_logs.kept if self.fitting.sweeps_receipts else {},
                    next_look=self.reputations.next_look,
                    looks_at_routes=lambda: self.outages.looks,
                    invoke=sweeper,
                )
            )

    def after(self, wait: timedelta, happening: Callable[[], None]) -> None:
        """Let something happen that long after the beginning."""
        self._calendar.plan(START + wait, happening)

    def play(self, until: timedelta) -> None:
        """Let everything happen, and time pass, until nothing is left to do."""
        with review_template():
            self.circling = not any(self._rests(until) for _ in range(STEPS))

    def _rests(self, until: timedelta) -> bool:
        """Do the next thing, or go on to when there is one; return whether there is none any more."""
        if self._calendar.happen(self.clock()) or self._go_on():
            return False
        later = [at for at in self._moments() if self.clock() < at <= START + until]
        self.clock.at = min(later, default=self.clock.at)
        return not later

    def expire(self) -> None:
        """Remove what is past its time, as DynamoDB does; decisions and latest statuses stay."""
        gone = {i: row for i, row in self.ledger.rows.items() if row.expires_at <= self.clock()}
        self.ended |= gone
        for each in gone:
            del self.ledger.rows[each]

    def audit(self) -> None:
        """Compare the rollups with the ledger, as an operator does, and repair them."""
        repairs = self.fitting.repairs
        self.journal.breaks += rollups.differences(
            self.rollups,
            self.ledger.rows,
            withheld=self.changes.withheld,
            now=self.clock(),
            repairs=repairs,
        )
        budgets.settle(
            self.accounts,
            self.rollups,
            self.ledger.rows,
            limits=self.ledger.limits,
            now=self.clock(),
            corrects=self.fitting.corrects_budgets,
        )

    def _go_on(self) -> bool:
        """Let the first function that has something to do, and is not in the middle of it, do it."""
        busy = {id(source) for source in self._busy}
        return any(self._step(source) for source in self._sources if id(source) not in busy)

    def _step(self, source: Source) -> bool:
        self._busy.append(source)
        try:
            return source.step()
        finally:
            self._busy.pop()

    def _meanwhile(self) -> None:
        for _ in range(2):
            self.clock.turn(A_WHILE / 2)
            while self._go_on():
                pass

    def _moments(self) -> list[datetime]:
        moments = [self._calendar.next_at(), *(each.next_at() for each in self._sources)]
        return [at for at in moments if at is not None]

    def _invoking(self, name: str, function: Function) -> Callable[[Any], Outcome]:
        """Return a function as its event source sees it: it answers, raises or is ended."""

        def invoke(event: Event) -> Outcome:
            with self._running(name, lambda: invoke(event)):
                return self._invoked(name, function, event)

        return invoke

    def _invoked(self, name: str, function: Function, event: Event) -> Outcome:
        self.journal.begin(name)
        error: BaseException | None = None
        try:
            answer = self.fitting.answer(event, function(event))
            return Returned(payload=json.dumps(answer).encode())
        except (Crash, Exception) as raised:  # noqa: BLE001 - whatever ends a function ends it
            error = raised
            return Errored(error=type(raised).__name__)
        finally:
            self.journal.end(error)
            if self.say is not None:
                how = f"ended by {type(error).__name__}" if error else "done"
                self.say(f"{'':13}.. {name} is {how}")

    @contextmanager
    def _running(self, name: str, again: Callable[[], object]) -> Iterator[None]:
        fault_proxy = self.fault_proxy
        before = fault_proxy.function, fault_proxy.again, fault_proxy.dead, self._began
        fault_proxy.function, fault_proxy.again, self._began = name, again, self.clock()
        try:
            yield
        finally:
            fault_proxy.function, fault_proxy.again, fault_proxy.dead, self._began = before

    def _functions(self) -> Functions:
        return Functions(
            fault_proxy=self.fault_proxy,
            journal=self.journal,
            clock=self.clock,
            fake=self.ledger,
            receipt_logs=self.receipt_logs,
            buckets=self.buckets,
            accounts=self.accounts,
            template_versions=self.template_versions,
            rollups=self.rollups,
            kept=self.parked,
            topic=self.topic,
            queues=self.queues,
            reputations=self.reputations,
            outages=self.outages,
            carrier=self._carrier(),
            time_left=lambda: self._began + FUNCTION_TIME_OUT - self.clock(),
            fitting=self.fitting,
        )

    def _carrier(self) -> Carrier:
        return Carrier(
            clock=self.clock,
            journal=self.journal,
            people=self.ledger.people.kept,
            allowed=POLICY.allowed,
            script=self.script.calls,
            receipts=self.script.receipts,
            enqueue=lambda body, after: self.queues["receipts"].put(body, after=after),
            meanwhile=self._meanwhile,
            outages=self.outages,
        )

    def _queue(self, name: str) -> Queue:
        # A receipt that is nobody's is soon let go: e-mails in doubt wait until none is left.
        receives = 9 if name == "receipts" else self.fitting.receives
        return Queue(
            name=name, clock=self.clock, visibility_timeout=VISIBILITY, max_receive_count=receives
        )

    def _source(self, name: str, invoke: Callable[[Any], Outcome]) -> QueueSource:
        return QueueSource(queue=self.queues[name], mapping=mappings.of_queue(name), invoke=invoke)


_PRIORITIES = ("high", "normal")
_QUEUES = ("sms-high", "sms-normal", "email-high", "email-normal", "receipts")
