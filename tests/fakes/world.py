"""Wire every workflow to fakes. Used by tests of the whole flow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from msgspec import structs

from ordercast.events.order_event import Channel
from ordercast.events.stream_record import StreamRecord
from ordercast.notifications.providers import PROVIDERS
from ordercast.people.person import QuietHours
from ordercast.receipts.receipt import Receipt
from ordercast.sending.due_partitions import SHARDS, deferrals, looks
from ordercast.sending.routes import Routes
from ordercast.settings.processors import ReceiptPolicy, SweepPolicy
from ordercast.wiring.receipts import apply_receipts
from ordercast.wiring.relay import RelayPorts, relay_orders
from ordercast.wiring.send import SenderPorts, send_messages
from ordercast.wiring.sweep import SweeperPorts, sweep, sweep_receipts
from ordercast.workflows.apply_receipts import Applied, ApplyReceipts
from ordercast.workflows.merge_receipts import MergeReceipts, SuppressFromReceipts
from ordercast.workflows.ports import Deadline
from ordercast.workflows.redrive.paced import PacedRedrive
from ordercast.workflows.relay_orders import Relayed, RelayOrders
from ordercast.workflows.release_room import Origination, ReleaseRoom, Senders
from ordercast.workflows.send.sent import Sent
from ordercast.workflows.send_messages import SendMessages
from ordercast.workflows.sweep.sweep import Sweep
from ordercast.workflows.sweep.swept import Swept
from ordercast.workflows.sweep_receipts import SweepReceipts
from tests.fakes.services import (
    FALLBACK_GRACE,
    FALLBACK_UNKNOWN_AFTER,
    LEASE,
    ORPHAN_WAIT,
    RECEIPT_RETENTION,
    RECEIPT_TIMEOUT,
    SEND_POLICY,
    Services,
    only_route,
)


@dataclass(slots=True)
class World(Services):
    """The flow without AWS. What a test wants different, it sets: the next call is wired anew."""

    @property
    def relayer(self) -> RelayOrders:
        """The relay."""
        ports = RelayPorts(
            ledger=self.ledger,
            people=self.people,
            notifications_topic=self.notifications_topic,
            parked=self.parked,
            opening=self.opening,
            send_within=lambda _: self.send_within,
            now=self.now,
        )
        return relay_orders(ports, self.policy, default_currency="USD")

    def relay(self, *payloads: bytes, at: int = 101) -> Relayed:
        """Bring one batch of records, from that position on; at the same position it is a retry."""
        return self.relayer(records(*payloads, at=at))

    def routes_of(self, channel: Channel) -> Routes:
        """Return the routes of a channel: those that the test has set, if they are its own."""
        own = self.routes and PROVIDERS[self.routes.home.provider].channel is channel
        return self.routes if self.routes and own else only_route(channel)

    def sender(self, channel: Channel) -> SendMessages:
        """One channel's sender; the provider of both is the same fake."""
        ports = SenderPorts(
            ledger=self.ledger,
            receipt_logs=self.receipt_logs,
            buckets=self.buckets,
            accounts=self.accounts,
            provider=self.provider,
            template_versions=self.template_versions,
            cost=self.cost,
            routes=self.routes_of(channel),
            wait=self.wait,
            now=self.now,
            token=self.token,
            chance=lambda: 0.5,
            words=self.words,
            send_within=lambda _: self.send_within,
        )
        policy = structs.replace(
            SEND_POLICY,
            rate=self.rate,
            velocity_floor=self.velocity_floor,
            quiet_hours=as_written(self.policy.quiet),
            promotional_quiet_hours=as_written(self.policy.promotional_quiet),
        )
        return send_messages(channel, ports, policy)

    def send(self, *ids: str, channel: Channel = Channel.EMAIL, received: int = 1) -> Sent:
        """Bring one batch of requests from a queue of the channel, each received so often by now."""
        return self.sender(channel)(dict.fromkeys(ids, received), time_left=self.time_left)

    def send_published(self) -> list[Sent]:
        """Bring each channel's senders what was published since the last time."""
        new = self.notifications_topic.published[self.delivered :]
        self.delivered = len(self.notifications_topic.published)
        queues = {c: [n.id for n in new if n.channel is c] for c in Channel}
        return [self.send(*ids, channel=channel) for channel, ids in queues.items() if ids]

    @property
    def tracker(self) -> ApplyReceipts:
        """The receipt tracker."""
        policy = ReceiptPolicy(
            receipt_retention=RECEIPT_RETENTION,
            receipt_timeout=RECEIPT_TIMEOUT,
            orphan_wait=ORPHAN_WAIT,
            soft_bounces=self.soft_bounces,
            **self._regions,
        )
        return apply_receipts(self._sweeper_ports, policy)

    @property
    def merge(self) -> MergeReceipts:
        """The merging of receipts."""
        return self.tracker.merge

    @property
    def suppress(self) -> SuppressFromReceipts:
        """The suppressing by their evidence."""
        return self.tracker.suppress

    def apply(self, *receipts: Receipt) -> Applied:
        """Bring one batch of receipts."""
        return self.tracker(receipts)

    def sweeper(self, limit: int = 1000) -> Sweep:
        """The sweeper."""
        receipts = self.receipt_sweeper(limit)
        return sweep(self._sweeper_ports, self._sweep_policy, receipts, limit=limit)

    def sweep(self, limit: int = 1000) -> Swept:
        """Do one round of looks, one of releases, one of budgets, one of reputation and one of holds."""
        swept, sweeper = Swept(), self.sweeper(limit)
        room = self.room()
        sweeper.look(looks(), swept, room)
        sweeper.release(deferrals(), swept, room)
        sweeper.budgets(SHARDS, swept, room)
        sweeper.reputation(SHARDS, swept)
        sweeper.holds(SHARDS, swept, room)
        return swept

    def sweep_all(
        self,
        shards: Sequence[int] = SHARDS,
        *,
        limit: int = 1000,
        time_left: Deadline | None = None,
    ) -> Swept:
        """Do rounds until nothing is due or time is up."""
        swept = Swept()
        self.sweeper(limit)(swept, shards, time_left=time_left or self.time_left)
        return swept

    def sweep_quota(self) -> None:
        """Let the sweeper ask the provider what it allows, in each Region."""
        for each in self.sweeper().quotas:
            each(SHARDS, Swept())

    def room(self) -> ReleaseRoom:
        """The room of the senders' queues, for an invocation that does everything."""
        return ReleaseRoom(senders=self.senders)

    def paced(self) -> PacedRedrive:
        """The pace of a command that redrives."""
        return PacedRedrive(room=self.room(), now=self.now)

    @property
    def senders(self) -> Senders:
        """What is in front of the senders; one bucket serves both channels."""
        key = SEND_POLICY.origination
        return Senders(
            work_queues=self.work_queues,
            buckets=self.buckets,
            originations={each: Origination(key=key, limit=self.rate) for each in Channel},
            units=self.units,
            now=self.now,
        )

    def sweep_receipts(self, limit: int = 1000) -> Swept:
        """Do one round of receipts."""
        swept = Swept()
        self.receipt_sweeper(limit)(SHARDS, swept)
        return swept

    def receipt_sweeper(self, limit: int = 1000) -> SweepReceipts:
        """The sweeper's workflow of receipts."""
        return sweep_receipts(self._sweeper_ports, self._sweep_policy, limit=limit)

    @property
    def _sweeper_ports(self) -> SweeperPorts:
        return SweeperPorts(
            accounts=self.accounts,
            adjustments=self.rollups,
            ledger=self.ledger,
            people=self.people,
            receipt_logs=self.receipt_logs,
            notifications_topic=self.notifications_topic,
            receipt_queue=self.receipts,
            senders=self.senders,
            send_quotas=self.send_quotas,
            quotas_of_second_region=self.quotas_of_second_region,
            reputations=self.reputations,
            route_probes=self.route_probes,
            send_within=lambda _: self.send_within,
            now=self.now,
        )

    @property
    def _sweep_policy(self) -> SweepPolicy:
        return SweepPolicy(
            quiet_hours=as_written(self.policy.quiet),
            promotional_quiet_hours=as_written(self.policy.promotional_quiet),
            default_country=self.policy.default_country,
            default_time_zone=self.policy.default_time_zone,
            republish_after=self.policy.republish_after,
            resend_email_after=self.resend_email_after or timedelta(),
            receipt_timeout=RECEIPT_TIMEOUT,
            claim_lease=LEASE,
            soft_bounces=self.soft_bounces,
            retry_after_receipt=self.retry_after_receipt,
            retry_for_now=self.retry_for_now,
            fallback_grace=FALLBACK_GRACE,
            fallback_unknown_after=FALLBACK_UNKNOWN_AFTER,
            allowed_recipients=",".join(self.policy.allowed),
            hold_bounce_percent=Decimal("4.5"),
            hold_complaint_percent=Decimal("0.09"),
            **self._regions,
        )

    @property
    def _regions(self) -> dict[str, str]:
        """The stage's Regions, where its routes have a second one."""
        if not self.routes or not self.routes.in_second_region:
            return {}
        (second,) = {each.region for each in self.routes.in_second_region.values()}
        return {"region": self.routes.home.region, "second_region": second}


def as_written(quiet: QuietHours | None) -> str:
    """Return quiet hours as a stage's settings write them."""
    return f"{quiet.start:%H:%M}-{quiet.end:%H:%M}" if quiet else ""


def records(*payloads: bytes, at: int = 101) -> Sequence[StreamRecord]:
    """Return the payloads as a batch of the stream, from that position on."""
    return [
        StreamRecord(
            sequence_number=str(position), partition_key="o", arrived_at=None, payload=each
        )
        for position, each in enumerate(payloads, start=at)
    ]
