"""Fakes in, every function that is deployed out: entry point, workflow and provider gateway as they are."""

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
from ordercast.gateways.messaging.notifications_topic import SnsHub
from ordercast.gateways.providers.ses_email import SesEmail
from ordercast.gateways.providers.sns_sms import SnsSms
from ordercast.receipts.receipt_log import Trail
from ordercast.rollups.counting import Entry
from ordercast.sending.due_policy import Patience
from ordercast.templates import words
from ordercast.workflows.apply_receipts import ApplyReceipts
from ordercast.workflows.count_changes import Count
from ordercast.workflows.match_receipts import MatchTexts
from ordercast.workflows.merge_receipts import LearnFromFacts, TakeFacts
from ordercast.workflows.ports import Deadline
from ordercast.workflows.record_decisions import MarkEvents
from ordercast.workflows.relay_orders import RelayOrders
from ordercast.workflows.reserve_caps import PayCaps
from ordercast.workflows.send_messages import SendMessages
from ordercast.workflows.sweep_notifications import Sweep
from ordercast.workflows.sweep_receipts import SweepTrails
from processors import order_relay, receipt_tracker, sender, sweeper
from tests.explorer.fault_proxy import Tap
from tests.explorer.journal import Journal, Log, WitnessedLedger
from tests.explorer.provider import AnnouncedProvider, BotoClient, Carrier, SesSide, SnsSide
from tests.explorer.queues import Event, HubTopic, Queue
from tests.fakes.clock import CountingToken, HandTurnedClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.parked_records import FakeParkedRecords
from tests.fakes.receipt_logs import FakeTrails
from tests.fakes.rollups import FakeRollups
from tests.fakes.world import LEASE, ORPHAN_WAIT, RECEIPT_RETENTION, SOFT_BOUNCES, cost

Out = TypeVar("Out")

Function = Callable[[Event], Any]
"""What an event source invokes; its answer is what Lambda sends back."""

SEND_WITHIN = timedelta(days=1)
SILENCE = timedelta(hours=24)
"""Shorter than rows are kept here, so that it ends before them."""

PATIENCE = Patience(
    first_wait=timedelta(minutes=5), resend_email_after=timedelta(minutes=30), silence=SILENCE
)

POLICY = Policy(
    default_country="US",
    default_time_zone="America/New_York",
    retention=timedelta(hours=48),
    republish_after=PATIENCE.first_wait,
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
    tracker_trails: Callable[[Any], Any] = lambda port: port
    rollups: Callable[[FakeRollups], Any] = lambda fake: fake
    send: type[SendMessages] = SendMessages
    apply: type[ApplyReceipts] = ApplyReceipts
    take: type[TakeFacts] = TakeFacts
    provider_attempts: int = 1
    sweeps: bool = True
    sweeps_trails: bool = True
    repairs: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Functions:
    """Builds each function around what there is; every port goes through the tap."""

    tap: Tap
    journal: Journal
    clock: HandTurnedClock
    fake: FakeLedger
    trails: FakeTrails
    rollups: FakeRollups
    kept: FakeParkedRecords
    topic: HubTopic
    queues: Mapping[str, Queue]
    carrier: Carrier
    time_left: Deadline
    fitting: Fitting

    def relay(self) -> Function:
        """Return the order relay."""
        ledger = self.fitting.relay_ledger(self._ledger())
        people = self.tap.watched("people", self.fake.people)
        pay_caps = PayCaps(ledger=ledger, people=people, limit=POLICY.cap)
        relay = RelayOrders(
            ledger=ledger,
            mark_events=MarkEvents(ledger=ledger, pay_caps=pay_caps, policy=POLICY),
            hub=self._hub(),
            parked=self.fitting.parked(self.tap.watched("parked", self.kept)),
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
        send = self.fitting.send(
            channel=channel,
            ledger=self.fitting.sender_ledger(self._ledger()),
            trails=self._trails(),
            take=self._take(),
            provider=self.tap.watched("provider", self._provider(channel)),
            words=words,
            cost=cost,
            send_within=lambda _: SEND_WITHIN,
            now=self.clock,
            token=lambda: self.journal.owner(f"{channel}-{token()}"),
            chance=lambda: 0.5,
            lease=LEASE,
            receipt_retention=RECEIPT_RETENTION,
            silence=SILENCE,
        )
        wired = sender.Sender(send=send, delay=self._delay(), stage="explorer")
        log: Any = Log(self.journal)
        return lambda event: sender.respond(event, wired, log, time_left=self.time_left)

    def tracker(self) -> Function:
        """Return the receipt tracker."""
        apply = self.fitting.apply(
            trails=self.fitting.tracker_trails(self._trails()),
            take=self._take(),
            learn=self._learn(),
            silence=SILENCE,
            orphan_wait=ORPHAN_WAIT,
            retention=RECEIPT_RETENTION,
            now=self.clock,
        )
        log: Any = Log(self.journal)
        return lambda event: receipt_tracker.respond(event, apply, log)

    def sweeper(self) -> Function:
        """Return the sweeper, which answers nobody."""
        watched = self._trails() if self.fitting.sweeps_trails else _NothingDue(self._trails())
        trails = SweepTrails(
            trails=watched,
            take=self._take(),
            learn=self._learn(),
            match=MatchTexts(ledger=self._ledger(), trails=watched, lease=LEASE),
            silence=SILENCE,
            now=self.clock,
            limit=400,
        )
        sweep = Sweep(
            ledger=self._ledger(),
            hub=self._hub(),
            receipts=self.tap.watched("receipts", _Receipts(self.queues["receipts"])),
            of_texts=trails.of_texts,
            send_within=lambda _: SEND_WITHIN,
            patience=PATIENCE,
            now=self.clock,
            limit=400,
        )
        both = sweeper.Sweeper(trails=trails, rows=sweep)
        return lambda _: self.journal.said.append(str(both()))

    def analytics(self) -> Function:
        """Return what counts changes of the ledger."""
        rollups = self.tap.watched("rollups", self.fitting.rollups(self.rollups))
        count = Count(rollups=rollups, pause=self._pause, chance=lambda: 0.5)
        log: Any = Log(self.journal)
        return lambda event: processor.respond(event, count, log, tell=self._tell)

    def _pause(self, seconds: float) -> None:
        self.clock.turn(timedelta(seconds=seconds))

    def _tell(self, counted: Iterable[Entry]) -> None:
        lines = emf_lines(counted, stage="explorer", level="full", now=self.clock())
        self.journal.metrics += lines

    def _provider(self, channel: Channel) -> AnnouncedProvider:
        is_sms = channel is Channel.SMS
        watched = (
            self.tap.watched("sns", SnsSide(self.carrier))
            if is_sms
            else self.tap.watched("ses", SesSide(self.carrier))
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
        watched = self.tap.watched("ledger", self.fitting.ledger(self.fake))
        return WitnessedLedger(watched, self.journal)

    def _trails(self) -> Any:
        return self.tap.watched("trails", self.trails)

    def _take(self) -> TakeFacts:
        return self.fitting.take(ledger=self._ledger(), silence=SILENCE, now=self.clock)

    def _learn(self) -> LearnFromFacts:
        people = self.tap.watched("people", self.fake.people)
        return LearnFromFacts(ledger=self._ledger(), people=people, soft_bounces=SOFT_BOUNCES)

    def _hub(self) -> Any:
        topic: Any = self.topic
        return self.tap.watched("hub", SnsHub(topic=topic))

    def _delay(self) -> Any:
        return self.tap.watched("visibility", _Visibility(self.queues)).delay


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

    def orphans(self, **_: object) -> Iterator[list[Trail]]:
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
