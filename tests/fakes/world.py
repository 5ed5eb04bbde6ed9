"""Wire every workflow to fakes. Used by tests of the whole flow."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from ordercast.decisions.audience import Policy
from ordercast.events.envelope import open_envelope
from ordercast.events.order_event import Channel
from ordercast.events.stream_record import StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person import Person, QuietHours
from ordercast.receipts.receipt import Receipt
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.due_partitions import SHARDS, deferrals, looks
from ordercast.settings.processors import ReceiptPolicy, SendPolicy, SweepPolicy
from ordercast.templates.rendering import words
from ordercast.templates.words import Words
from ordercast.wiring.receipts import apply_receipts
from ordercast.wiring.relay import RelayPorts, relay_orders
from ordercast.wiring.send import SenderPorts, send_messages
from ordercast.wiring.sweep import SweeperPorts, sweep, sweep_receipts
from ordercast.workflows.apply_receipts import Applied, ApplyReceipts
from ordercast.workflows.merge_receipts import MergeReceipts, SuppressFromReceipts
from ordercast.workflows.ports import Deadline
from ordercast.workflows.redrive.paced import PacedRedrive
from ordercast.workflows.relay_orders import Opening, Relayed, RelayOrders
from ordercast.workflows.release_room import Origination, ReleaseRoom, Senders
from ordercast.workflows.send.checks import Cost
from ordercast.workflows.send.sent import Sent
from ordercast.workflows.send_messages import SendMessages
from ordercast.workflows.sweep.sweep import Sweep
from ordercast.workflows.sweep.swept import Swept
from ordercast.workflows.sweep_receipts import SweepReceipts
from tests.examples import POLICY
from tests.fakes.accounts import FakeAccounts
from tests.fakes.buckets import FakeBuckets
from tests.fakes.clock import CountingToken, HandTurnedClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.notifications_topic import FakeNotificationsTopic
from tests.fakes.parked_records import FakeParkedRecords
from tests.fakes.people import FakePeople
from tests.fakes.provider import FakeProvider
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.receipt_queue import FakeReceiptQueue
from tests.fakes.rollups import FakeRollups
from tests.fakes.send_quotas import FakeSendQuotas
from tests.fakes.template_versions import FakeTemplateVersions
from tests.fakes.work_queues import FakeWorkQueues

LEASE = timedelta(minutes=2)
RECEIPT_RETENTION = timedelta(days=30)
SEND_WITHIN = timedelta(days=2)
RESEND_EMAIL_AFTER = timedelta(minutes=30)
RECEIPT_TIMEOUT = timedelta(hours=72)
ORPHAN_WAIT = 3 * LEASE
SOFT_BOUNCES = 3
QUIET = {
    "quiet_hours": "",
    "promotional_quiet_hours": "",
    "default_country": "US",
    "default_time_zone": "America/New_York",
}
SEND_POLICY = SendPolicy(
    **QUIET,
    origination="test",
    rate=1000,
    velocity_floor=0,
    velocity_factor=5,
    claim_lease=LEASE,
    receipt_retention=RECEIPT_RETENTION,
    receipt_timeout=RECEIPT_TIMEOUT,
)


def cost(row: Notification, _: Words) -> ClaimRequest:
    """Return what sending takes, where every text is one part at a cent, and at most at two."""
    if row.channel is Channel.EMAIL:
        return ClaimRequest(id=row.id)
    return ClaimRequest(id=row.id, parts=1, estimate=Decimal("0.01"), reserved=Decimal("0.02"))


@dataclass(slots=True)
class World:
    """The flow without AWS. What a test wants different, it sets: the next call is wired anew."""

    now: HandTurnedClock = field(default_factory=HandTurnedClock)
    token: CountingToken = field(default_factory=CountingToken)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    notifications_topic: FakeNotificationsTopic = field(default_factory=FakeNotificationsTopic)
    parked: FakeParkedRecords = field(default_factory=FakeParkedRecords)
    receipt_logs: FakeReceiptLogs = field(default_factory=FakeReceiptLogs)
    provider: FakeProvider = field(default_factory=FakeProvider)
    buckets: FakeBuckets = field(default_factory=FakeBuckets)
    send_quotas: FakeSendQuotas = field(default_factory=FakeSendQuotas)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    rollups: FakeRollups = field(default_factory=FakeRollups)
    receipts: FakeReceiptQueue = field(default_factory=FakeReceiptQueue)
    work_queues: FakeWorkQueues = field(default_factory=FakeWorkQueues)
    template_versions: FakeTemplateVersions = field(default_factory=FakeTemplateVersions)
    policy: Policy = POLICY
    opening: Opening = open_envelope
    words: Callable[[Notification], Words] = words
    cost: Cost = cost
    send_within: timedelta = SEND_WITHIN
    resend_email_after: timedelta | None = RESEND_EMAIL_AFTER
    rate: int = SEND_POLICY.rate
    velocity_floor: int = 0
    time_left: Deadline = lambda: timedelta(minutes=5)
    soft_bounces: int = SOFT_BOUNCES
    delivered: int = 0

    @property
    def people(self) -> FakePeople:
        """Customers and addresses, which the ledger reads and whose caps are paid here."""
        return self.ledger.people

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
            wait=self.wait,
            now=self.now,
            token=self.token,
            chance=lambda: 0.5,
            words=self.words,
            send_within=lambda _: self.send_within,
        )
        policy = replace(
            SEND_POLICY,
            rate=self.rate,
            velocity_floor=self.velocity_floor,
            quiet_hours=as_written(self.policy.quiet),
            promotional_quiet_hours=as_written(self.policy.promotional_quiet),
        )
        return send_messages(channel, ports, policy)

    def __post_init__(self) -> None:
        self.accounts.buckets = self.buckets
        self.rollups.limits = lambda: self.ledger.limits

    def wait(self, until: datetime) -> None:
        """Let time pass until then."""
        self.now.at = max(self.now.at, until)

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
        """Do one round of looks, one of releases, one of budgets and one of holds."""
        swept, sweeper = Swept(), self.sweeper(limit)
        room = self.room()
        sweeper.look(looks(), swept, room)
        sweeper.release(deferrals(), swept, room)
        sweeper.budgets(SHARDS, swept)
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
        """Let the sweeper ask the provider what it allows."""
        self.sweeper().quota(SHARDS, Swept())

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
        )

    def published(self) -> list[tuple[str, Channel]]:
        """Return the order and channel of each publication, in order."""
        return [(n.order.order_id, n.channel) for n in self.notifications_topic.published]

    def got(self) -> Counter[str]:
        """Return how many messages each notification became for whoever it was meant."""
        return Counter(call.notification.id for call in self.provider.calls)

    def enter(self, *rows: Notification) -> None:
        """Put rows in the ledger as they are."""
        self.ledger.accept(rows, [])

    def know(self, *people: Person) -> None:
        """Put people on record."""
        self.people.put(*people)

    def row(self, notification_id: str) -> Notification:
        """Return a notification as the ledger has it."""
        return self.ledger.rows[notification_id]

    def state(self, notification_id: str) -> State:
        """Return how far a notification has got."""
        return self.row(notification_id).state

    def rows(self) -> Iterable[Notification]:
        """Return every notification in the ledger."""
        return self.ledger.rows.values()


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
