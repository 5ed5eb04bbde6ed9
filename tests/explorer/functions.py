"""Build every deployed function on fakes, with its own entry point, workflow and provider gateway."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from analytics import processor
from analytics.metrics import emf_lines
from lambda_event_sources.queues.standard_queue import ARN
from ordercast.decisions.routing import Policy
from ordercast.events.envelope import open_envelope
from ordercast.events.order_event import Channel
from ordercast.gateways.messaging.notifications_topic import SnsNotificationsTopic
from ordercast.gateways.providers.ses_email import SesEmail
from ordercast.gateways.providers.sns_sms import SnsSms
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.rollups.counting import Entry
from ordercast.sending.due_policy import DuePolicy
from ordercast.templates import words
from ordercast.workflows.apply_receipts import ApplyReceipts
from ordercast.workflows.count_changes import Count
from ordercast.workflows.match_receipts import MatchReceipts
from ordercast.workflows.merge_receipts import MergeReceipts, SuppressFromReceipts
from ordercast.workflows.ports import Deadline
from ordercast.workflows.record_decisions import RecordDecisions
from ordercast.workflows.relay_orders import RelayOrders
from ordercast.workflows.reserve_caps import ReserveCaps
from ordercast.workflows.send.checks import Checks
from ordercast.workflows.send.claims import Claims
from ordercast.workflows.send.settling import Settling
from ordercast.workflows.send_messages import SendMessages
from ordercast.workflows.sweep_notifications import SweepNotifications
from ordercast.workflows.sweep_receipts import SweepReceipts
from processors import order_relay, receipt_tracker, sender, sweeper
from tests.explorer.fault_proxy import FaultProxy
from tests.explorer.journal import Journal, Log, WitnessedLedger
from tests.explorer.provider import AnnouncedProvider, BotoClient, Carrier, SesSide, SnsSide
from tests.explorer.queues import Event, NotificationsTopic, Queue
from tests.fakes.clock import CountingToken, HandTurnedClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.parked_records import FakeParkedRecords
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.rollups import FakeRollups
from tests.fakes.world import LEASE, ORPHAN_WAIT, RECEIPT_RETENTION, SOFT_BOUNCES, cost

Out = TypeVar("Out")

Function = Callable[[Event], Any]
"""What an event source invokes; its answer is what Lambda sends back."""

SEND_WITHIN = timedelta(days=1)
RECEIPT_TIMEOUT = timedelta(hours=24)
"""Shorter than rows are kept here, so that it ends before them."""

DUE_POLICY = DuePolicy(
    first_wait=timedelta(minutes=5),
    resend_email_after=timedelta(minutes=30),
    receipt_timeout=RECEIPT_TIMEOUT,
)

POLICY = Policy(
    default_country="US",
    default_time_zone="America/New_York",
    retention=timedelta(hours=48),
    republish_after=DUE_POLICY.first_wait,
    cap=2,
    quiet=None,
    allowed=("*@example.com", "+1206555*"),
)


@dataclass(slots=True)
class Fitting:
    """How the functions are built. A safeguard is removed by putting something else in its place.

    `ledger` and `rollups` wrap fakes below the tap, as if the service itself behaved so; the others
    wrap what a workflow is given, or what a function answers, or are put in its place.
    """

    ledger: Callable[[FakeLedger], Any] = lambda fake: fake
    relay_ledger: Callable[[Any], Any] = lambda port: port
    sender_ledger: Callable[[Any], Any] = lambda port: port
    parked: Callable[[Any], Any] = lambda port: port
    answer: Callable[[Event, Any], Any] = lambda _, answer: answer
    tracker_receipt_logs: Callable[[Any], Any] = lambda port: port
    rollups: Callable[[FakeRollups], Any] = lambda fake: fake
    claims: type[Claims] = Claims
    settling: type[Settling] = Settling
    apply: type[ApplyReceipts] = ApplyReceipts
    merge: type[MergeReceipts] = MergeReceipts
    provider_attempts: int = 1
    sweeps: bool = True
    sweeps_receipts: bool = True
    repairs: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Functions:
    """Builds each function around what there is; every port goes through the tap."""

    fault_proxy: FaultProxy
    journal: Journal
    clock: HandTurnedClock
    fake: FakeLedger
    receipt_logs: FakeReceiptLogs
    rollups: FakeRollups
    kept: FakeParkedRecords
    topic: NotificationsTopic
    queues: Mapping[str, Queue]
    carrier: Carrier
    time_left: Deadline
    fitting: Fitting

    def relay(self) -> Function:
        """Return the order relay."""
        ledger = self.fitting.relay_ledger(self._ledger())
        people = self.fault_proxy.watched("people", self.fake.people)
        reserve_caps = ReserveCaps(ledger=ledger, people=people, limit=POLICY.cap)
        relay = RelayOrders(
            ledger=ledger,
            record_decisions=RecordDecisions(
                ledger=ledger, reserve_caps=reserve_caps, policy=POLICY
            ),
            notifications_topic=self._notifications_topic(),
            parked=self.fitting.parked(self.fault_proxy.watched("parked", self.kept)),
            opening=open_envelope,
            policy=POLICY,
            default_currency="USD",
            now=self.clock,
        )
        log: Any = Log(self.journal)
        return lambda event: order_relay.respond(event, relay, log, time_left=self.time_left)

    def sender(self, channel: Channel) -> Function:
        """Return one channel's sender."""
        token = CountingToken()
        ledger = self.fitting.sender_ledger(self._ledger())
        send = SendMessages(
            channel=channel,
            ledger=ledger,
            provider=self.fault_proxy.watched("provider", self._provider(channel)),
            checks=Checks(
                ledger=ledger,
                words=words,
                cost=cost,
                send_within=lambda _: SEND_WITHIN,
                chance=lambda: 0.5,
                now=self.clock,
            ),
            claims=self.fitting.claims(
                ledger=ledger,
                lease=LEASE,
                token=lambda: self.journal.owner(f"{channel}-{token()}"),
                now=self.clock,
            ),
            settling=self.fitting.settling(
                ledger=ledger,
                receipt_logs=self._receipt_logs(),
                merge=self._merge(),
                receipt_retention=RECEIPT_RETENTION,
                receipt_timeout=RECEIPT_TIMEOUT,
                chance=lambda: 0.5,
            ),
            now=self.clock,
        )
        wired = sender.Sender(send=send, delay=self._delay(), stage="explorer")
        log: Any = Log(self.journal)
        return lambda event: sender.respond(event, wired, log, time_left=self.time_left)

    def tracker(self) -> Function:
        """Return the receipt tracker."""
        apply = self.fitting.apply(
            receipt_logs=self.fitting.tracker_receipt_logs(self._receipt_logs()),
            merge=self._merge(),
            suppress=self._suppress(),
            receipt_timeout=RECEIPT_TIMEOUT,
            orphan_wait=ORPHAN_WAIT,
            retention=RECEIPT_RETENTION,
            now=self.clock,
        )
        log: Any = Log(self.journal)
        return lambda event: receipt_tracker.respond(event, apply, log)

    def sweeper(self) -> Function:
        """Return the sweeper, which answers nobody."""
        watched = (
            self._receipt_logs()
            if self.fitting.sweeps_receipts
            else _NothingDue(self._receipt_logs())
        )
        receipt_logs = SweepReceipts(
            receipt_logs=watched,
            merge=self._merge(),
            suppress=self._suppress(),
            match=MatchReceipts(ledger=self._ledger(), receipt_logs=watched, lease=LEASE),
            receipt_timeout=RECEIPT_TIMEOUT,
            now=self.clock,
            limit=400,
        )
        sweep = SweepNotifications(
            ledger=self._ledger(),
            notifications_topic=self._notifications_topic(),
            receipts=self.fault_proxy.watched("receipts", _Receipts(self.queues["receipts"])),
            match_texts=receipt_logs.match_texts,
            send_within=lambda _: SEND_WITHIN,
            due_policy=DUE_POLICY,
            now=self.clock,
            limit=400,
        )
        both = sweeper.SweeperWorkflows(receipt_logs=receipt_logs, rows=sweep)
        return lambda _: self.journal.said.append(str(both()))

    def analytics(self) -> Function:
        """Return what counts changes of the ledger."""
        rollups = self.fault_proxy.watched("rollups", self.fitting.rollups(self.rollups))
        count = Count(rollups=rollups, pause=self._pause, chance=lambda: 0.5)
        log: Any = Log(self.journal)
        return lambda event: processor.respond(event, count, log, write_metrics=self._write_metrics)

    def _pause(self, seconds: float) -> None:
        self.clock.turn(timedelta(seconds=seconds))

    def _write_metrics(self, counted: Iterable[Entry]) -> None:
        lines = emf_lines(counted, stage="explorer", level="full", now=self.clock())
        self.journal.metrics += lines

    def _provider(self, channel: Channel) -> AnnouncedProvider:
        is_sms = channel is Channel.SMS
        watched = (
            self.fault_proxy.watched("sns", SnsSide(self.carrier))
            if is_sms
            else self.fault_proxy.watched("ses", SesSide(self.carrier))
        )
        attempts = self.fitting.provider_attempts
        client: Any = BotoClient(carrier=self.carrier, watched=watched, attempts=attempts)
        gateway: SnsSms | SesEmail = (
            SnsSms(client=client, sender_id="", executor=Inline())
            if is_sms
            else SesEmail(
                client=client,
                sender="orders@example.com",
                configuration_set="explorer",
                stage="explorer",
                executor=Inline(),
            )
        )
        return AnnouncedProvider(gateway=gateway, carrier=self.carrier)

    def _ledger(self) -> WitnessedLedger:
        watched = self.fault_proxy.watched("ledger", self.fitting.ledger(self.fake))
        return WitnessedLedger(watched, self.journal)

    def _receipt_logs(self) -> Any:
        return self.fault_proxy.watched("receipt_logs", self.receipt_logs)

    def _merge(self) -> MergeReceipts:
        return self.fitting.merge(
            ledger=self._ledger(), receipt_timeout=RECEIPT_TIMEOUT, now=self.clock
        )

    def _suppress(self) -> SuppressFromReceipts:
        people = self.fault_proxy.watched("people", self.fake.people)
        return SuppressFromReceipts(ledger=self._ledger(), people=people, soft_bounces=SOFT_BOUNCES)

    def _notifications_topic(self) -> Any:
        topic: Any = self.topic
        return self.fault_proxy.watched("notifications_topic", SnsNotificationsTopic(topic=topic))

    def _delay(self) -> Any:
        return self.fault_proxy.watched("visibility", _Visibility(self.queues)).delay


class Inline(Executor):
    """Runs what it is given at once and in order, so that calls keep their numbers."""

    def submit(self, fn: Callable[..., Out], /, *args: Any, **kwargs: Any) -> "Future[Out]":
        done: Future[Out] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@dataclass(slots=True)
class _NothingDue:
    """Trails of which the sweeper never looks at one."""

    inner: Any

    def due(self, **_: object) -> list[str]:
        return []

    def orphans(self, **_: object) -> Iterator[list[ReceiptLog]]:
        return iter([])

    def __getattr__(self, method: str) -> Any:
        return getattr(self.inner, method)


@dataclass(slots=True)
class _Visibility:
    queues: Mapping[str, Queue]

    def delay(self, queue_arn: str, waits: Mapping[str, timedelta]) -> None:
        for receipt_handle, wait in waits.items():
            self.queues[queue_arn.removeprefix(ARN)].delay(receipt_handle, wait)


@dataclass(slots=True)
class _Receipts:
    queue: Queue

    def applied_until(self, *, now: datetime) -> datetime | None:
        return None if self.queue.waiting else now
