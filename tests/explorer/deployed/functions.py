"""Build every deployed function on fakes, with its own entry point and workflow. Used by the explorer's stage."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from msgspec.structs import replace

from analytics import processor
from analytics.cloudwatch_metrics import emf_lines
from ordercast.events.order_event import Channel
from ordercast.gateways.messaging.notifications_topic import SnsNotificationsTopic
from ordercast.gateways.providers.ses_email import SesEmail
from ordercast.gateways.providers.sns_sms import SnsSms
from ordercast.notifications.notification import Notification
from ordercast.rollups.counting import Entry
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.units import units_of
from ordercast.templates.words import Words
from ordercast.wiring.receipts import apply_receipts
from ordercast.wiring.relay import RelayPorts, relay_orders
from ordercast.wiring.send import SenderPorts, send_messages
from ordercast.wiring.sweep import SweeperPorts, sweep, sweep_receipts
from ordercast.workflows.count_changes import Count
from ordercast.workflows.ports import Deadline
from ordercast.workflows.release_room import Origination, Senders
from ordercast.workflows.sweep.sweep import Sweep
from processors import order_relay, receipt_tracker, sender, sweeper
from tests.explorer.deployed.fitting import (
    POLICY,
    RECEIPT_POLICY,
    SEND_POLICY,
    SEND_WITHIN,
    SWEEP_POLICY,
    Fitting,
)
from tests.explorer.deployed.model_queues import (
    ModelReceipts,
    ModelVisibility,
    ModelWorkQueues,
)
from tests.explorer.deployed.nothing_due import NothingDue
from tests.explorer.deployed.outages import Outages
from tests.explorer.deployed.provider import Carrier
from tests.explorer.deployed.provider_client import AnnouncedProvider, BotoClient, SesSide, SnsSide
from tests.explorer.deployed.reputations import ModelReputations
from tests.explorer.deployed.routes import routes_after
from tests.explorer.event_sources.queues import Event, NotificationsTopic, Queue
from tests.explorer.faults.fault_proxy import FaultProxy
from tests.explorer.faults.journal import Journal, Log, WitnessedLedger
from tests.explorer.orders import PUMPED
from tests.fakes.accounts import FakeAccounts
from tests.fakes.buckets import FakeBuckets
from tests.fakes.clock import CountingToken, HandTurnedClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.parked_records import FakeParkedRecords
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.rollups import FakeRollups
from tests.fakes.send_quotas import FakeSendQuotas
from tests.fakes.services import cost
from tests.fakes.template_versions import FakeTemplateVersions

Out = TypeVar("Out")

Function = Callable[[Event], Any]
"""What an event source invokes; its answer is what Lambda sends back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Functions:
    """Builds each function around what there is; every port goes through the fault proxy."""

    fault_proxy: FaultProxy
    journal: Journal
    clock: HandTurnedClock
    fake: FakeLedger
    receipt_logs: FakeReceiptLogs
    buckets: FakeBuckets
    accounts: FakeAccounts
    template_versions: FakeTemplateVersions
    rollups: FakeRollups
    kept: FakeParkedRecords
    topic: NotificationsTopic
    queues: Mapping[str, Queue]
    reputations: ModelReputations
    outages: Outages
    carrier: Carrier
    time_left: Deadline
    fitting: Fitting

    def relay(self) -> Function:
        """Return the order relay."""
        ports = RelayPorts(
            ledger=self.fitting.relay_ledger(self._ledger()),
            people=self.fault_proxy.watched("people", self.fake.people),
            notifications_topic=self._notifications_topic(),
            parked=self.fitting.parked(self.fault_proxy.watched("parked", self.kept)),
            send_within=lambda _: SEND_WITHIN,
            now=self.clock,
        )
        relay = relay_orders(ports, POLICY, default_currency="USD")
        log: Any = Log(self.journal)
        return lambda event: order_relay.respond(event, relay, log, time_left=self.time_left)

    def sender(self, channel: Channel) -> Function:
        """Return one channel's sender."""
        token = CountingToken()
        ports = SenderPorts(
            ledger=self.fitting.sender_ledger(self._ledger()),
            receipt_logs=self._receipt_logs(),
            buckets=self.fault_proxy.watched("buckets", self.fitting.buckets(self.buckets)),
            accounts=self.fault_proxy.watched("accounts", self.fitting.accounts(self.accounts)),
            provider=self.fault_proxy.watched("provider", self._provider(channel)),
            template_versions=self.fitting.template_versions(
                self.fault_proxy.watched("template_versions", self.template_versions)
            ),
            cost=_cost,
            routes=routes_after(0, channel),
            wait=self._wait,
            now=self.clock,
            token=lambda: self.journal.owner(f"{channel}-{token()}"),
            chance=lambda: 0.5,
            send_within=lambda _: SEND_WITHIN,
        )
        send = self.fitting.of_sender(send_messages(channel, ports, SEND_POLICY))
        wired = sender.Sender(
            send=send,
            delay=self._delay(),
            stage="explorer",
            metrics="essential",
            write=lambda _: None,
        )
        log: Any = Log(self.journal)

        def sending(event: Event) -> object:
            routes = routes_after(len(self.journal.calls), channel)
            send.lanes.breakers.routes = routes
            return sender.respond(event, wired, log, time_left=self.time_left)

        return sending

    def tracker(self) -> Function:
        """Return the receipt tracker."""
        receipt_logs = self.fitting.tracker_receipt_logs(self._receipt_logs())
        ports = self._sweeper_ports(receipt_logs)
        apply = self.fitting.of_tracker(apply_receipts(ports, RECEIPT_POLICY))
        log: Any = Log(self.journal)
        return lambda event: receipt_tracker.respond(event, apply, log)

    def sweeper(self) -> Function:
        """Return the sweeper, which answers nobody; who overtakes it has a memory of its own."""
        log: Any = Log(self.journal)
        idle: list[Sweep] = []

        def sweeping(event: Event) -> object:
            wired = idle.pop() if idle else self._sweep()
            try:
                return sweeper.respond(event, wired, log, time_left=self.time_left).counts()
            finally:
                idle.append(wired)

        return sweeping

    def _sweep(self) -> Sweep:
        receipt_logs = self._receipt_logs()
        if not self.fitting.sweeps_receipts:
            receipt_logs = NothingDue(receipt_logs)
        ports = self._sweeper_ports(receipt_logs)
        receipts = self.fitting.of_sweeper(sweep_receipts(ports, SWEEP_POLICY))
        return self.fitting.of_sweep(sweep(ports, SWEEP_POLICY, receipts))

    def analytics(self) -> Function:
        """Return what counts changes of the ledger."""
        rollups = self.fault_proxy.watched("rollups", self.fitting.rollups(self.rollups))
        count = Count(rollups=rollups, pause=self._pause, chance=lambda: 0.5)
        log: Any = Log(self.journal)
        return lambda event: processor.respond(event, count, log, write_metrics=self._write_metrics)

    def command(self) -> Callable[[Any], None]:
        """Return what runs an operator's change of the ledger, which is its event."""

        def command(change: Callable[[Any], object]) -> None:
            change(self._ledger())

        return command

    def act(self) -> Callable[[Any], None]:
        """Return what runs an operator's act on messages, which is its event: on a ledger and a topic."""

        def act(work: Callable[[Any, Any], object]) -> None:
            work(self._ledger(), self._notifications_topic())

        return act

    def _wait(self, until: datetime) -> None:
        self.clock.at = max(self.clock.at, until)

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
            SnsSms(wait=lambda _: None, client=client, sender_id="", executor=Inline())
            if is_sms
            else SesEmail(
                wait=lambda _: None,
                client=client,
                sender="orders@example.com",
                configuration_set="explorer",
                stage="explorer",
                unsubscribe_mailbox="unsubscribe@example.com",
                executor=Inline(),
            )
        )
        return AnnouncedProvider(gateway=gateway, carrier=self.carrier)

    def _ledger(self) -> WitnessedLedger:
        watched = self.fault_proxy.watched("ledger", self.fitting.ledger(self.fake))
        return WitnessedLedger(watched, self.journal)

    def _receipt_logs(self) -> Any:
        return self.fault_proxy.watched("receipt_logs", self.receipt_logs)

    def _sweeper_ports(self, receipt_logs: Any) -> SweeperPorts:
        return SweeperPorts(
            accounts=self.fault_proxy.watched("accounts", self.fitting.accounts(self.accounts)),
            adjustments=self.fault_proxy.watched("adjustments", self.rollups),
            ledger=self.fitting.sweeper_ledger(self._ledger()),
            people=self.fault_proxy.watched("people", self.fake.people),
            receipt_logs=receipt_logs,
            notifications_topic=self._notifications_topic(),
            receipt_queue=self.fault_proxy.watched(
                "receipts", ModelReceipts(self.queues["receipts"])
            ),
            senders=self._senders(),
            send_quotas=self.fault_proxy.watched("send_quotas", FakeSendQuotas()),
            reputations=self.fault_proxy.watched("reputations", self.reputations),
            route_probes=self.fault_proxy.watched("route_probes", self.outages),
            send_within=lambda _: SEND_WITHIN,
            now=self.clock,
        )

    def _senders(self) -> Senders:
        key = SEND_POLICY.origination
        return Senders(
            work_queues=self.fault_proxy.watched("work_queues", ModelWorkQueues(self.queues)),
            buckets=self.fault_proxy.watched("buckets", self.fitting.buckets(self.buckets)),
            originations={c: Origination(key=key, limit=SEND_POLICY.rate) for c in Channel},
            units=units_of,
            now=self.clock,
        )

    def _notifications_topic(self) -> Any:
        topic: Any = self.topic
        return self.fault_proxy.watched("notifications_topic", SnsNotificationsTopic(topic=topic))

    def _delay(self) -> Any:
        return self.fault_proxy.watched("visibility", ModelVisibility(self.queues)).delay


def _cost(row: Notification, words: Words) -> ClaimRequest:
    """Return what sending takes; a text to a number that earns from it is dear."""
    usual = cost(row, words)
    if row.order.order_id != PUMPED:
        return usual
    return replace(usual, estimate=Decimal(2), reserved=Decimal(4))


class Inline(Executor):
    """Runs what it is given at once and in order, so that calls keep their numbers."""

    def submit(self, fn: Callable[..., Out], /, *args: Any, **kwargs: Any) -> "Future[Out]":
        done: Future[Out] = Future()
        done.set_result(fn(*args, **kwargs))
        return done
