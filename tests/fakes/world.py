"""Wire every workflow to fakes. Used by tests of the whole flow."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from ordercast.decisions.routing import Policy
from ordercast.events.envelope import open_envelope
from ordercast.events.order_event import Channel
from ordercast.events.stream_record import StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person import Person
from ordercast.receipts.receipt import Receipt
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.due_policy import DuePolicy
from ordercast.templates import Words, words
from ordercast.workflows.apply_receipts import Applied, ApplyReceipts
from ordercast.workflows.match_receipts import MatchReceipts
from ordercast.workflows.merge_receipts import MergeReceipts, SuppressFromReceipts
from ordercast.workflows.ports import Deadline
from ordercast.workflows.record_decisions import RecordDecisions
from ordercast.workflows.relay_orders import Opening, Relayed, RelayOrders
from ordercast.workflows.reserve_caps import ReserveCaps
from ordercast.workflows.send.checks import Checks
from ordercast.workflows.send.claims import Claims
from ordercast.workflows.send.sent import Sent
from ordercast.workflows.send.settling import Settling
from ordercast.workflows.send_messages import SendMessages
from ordercast.workflows.sweep_notifications import SweepNotifications, Swept
from ordercast.workflows.sweep_receipts import ReceiptsSwept, SweepReceipts
from tests.examples import POLICY
from tests.fakes.clock import CountingToken, HandTurnedClock
from tests.fakes.ledger import FakeLedger
from tests.fakes.notifications_topic import FakeNotificationsTopic
from tests.fakes.parked_records import FakeParkedRecords
from tests.fakes.people import FakePeople
from tests.fakes.provider import FakeProvider
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.receipt_queue import FakeReceiptQueue

LEASE = timedelta(minutes=2)
RECEIPT_RETENTION = timedelta(days=30)
SEND_WITHIN = timedelta(days=2)
RESEND_EMAIL_AFTER = timedelta(minutes=30)
RECEIPT_TIMEOUT = timedelta(hours=72)
ORPHAN_WAIT = 3 * LEASE
SOFT_BOUNCES = 3


def cost(row: Notification, _: Words) -> ClaimRequest:
    """Return what sending takes, where every text is one part at a cent."""
    if row.channel is Channel.EMAIL:
        return ClaimRequest(id=row.id)
    return ClaimRequest(id=row.id, parts=1, reserved=Decimal("0.01"))


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
    receipts: FakeReceiptQueue = field(default_factory=FakeReceiptQueue)
    policy: Policy = POLICY
    opening: Opening = open_envelope
    words: Callable[[Notification], Words] = words
    send_within: timedelta = SEND_WITHIN
    resend_email_after: timedelta | None = RESEND_EMAIL_AFTER
    time_left: Deadline = lambda: timedelta(minutes=5)
    soft_bounces: int = SOFT_BOUNCES
    brought: int = 0

    @property
    def people(self) -> FakePeople:
        """Customers and addresses, which the ledger reads and whose caps are paid here."""
        return self.ledger.people

    @property
    def relayer(self) -> RelayOrders:
        """The relay."""
        reserve_caps = ReserveCaps(ledger=self.ledger, people=self.people, limit=self.policy.cap)
        return RelayOrders(
            ledger=self.ledger,
            record_decisions=RecordDecisions(
                ledger=self.ledger, reserve_caps=reserve_caps, policy=self.policy
            ),
            notifications_topic=self.notifications_topic,
            parked=self.parked,
            opening=self.opening,
            policy=self.policy,
            default_currency="USD",
            now=self.now,
        )

    def relay(self, *payloads: bytes, at: int = 101) -> Relayed:
        """Bring one batch of records, from that position on; at the same position it is a retry."""
        return self.relayer(records(*payloads, at=at))

    def sender(self, channel: Channel) -> SendMessages:
        """One channel's sender; the provider of both is the same fake."""
        return SendMessages(
            channel=channel,
            ledger=self.ledger,
            provider=self.provider,
            checks=Checks(
                ledger=self.ledger,
                words=self.words,
                cost=cost,
                send_within=lambda _: self.send_within,
                chance=lambda: 0.5,
                now=self.now,
            ),
            claims=Claims(ledger=self.ledger, lease=LEASE, token=self.token, now=self.now),
            settling=Settling(
                ledger=self.ledger,
                receipt_logs=self.receipt_logs,
                merge=self.merge,
                receipt_retention=RECEIPT_RETENTION,
                receipt_timeout=RECEIPT_TIMEOUT,
                chance=lambda: 0.5,
            ),
            now=self.now,
        )

    def send(self, *ids: str, channel: Channel = Channel.EMAIL, received: int = 1) -> Sent:
        """Bring one batch of requests from a queue of the channel, each received so often by now."""
        return self.sender(channel)(dict.fromkeys(ids, received), time_left=self.time_left)

    def send_published(self) -> list[Sent]:
        """Bring each channel's senders what was published since the last time."""
        new = self.notifications_topic.published[self.brought :]
        self.brought = len(self.notifications_topic.published)
        queues = {c: [n.id for n in new if n.channel is c] for c in Channel}
        return [self.send(*ids, channel=channel) for channel, ids in queues.items() if ids]

    @property
    def tracker(self) -> ApplyReceipts:
        """The receipt tracker."""
        return ApplyReceipts(
            receipt_logs=self.receipt_logs,
            merge=self.merge,
            suppress=self.suppress,
            receipt_timeout=RECEIPT_TIMEOUT,
            orphan_wait=ORPHAN_WAIT,
            retention=RECEIPT_RETENTION,
            now=self.now,
        )

    @property
    def merge(self) -> MergeReceipts:
        """The merging of receipts."""
        return MergeReceipts(ledger=self.ledger, receipt_timeout=RECEIPT_TIMEOUT, now=self.now)

    @property
    def suppress(self) -> SuppressFromReceipts:
        """The suppressing by their evidence."""
        return SuppressFromReceipts(
            ledger=self.ledger, people=self.people, soft_bounces=self.soft_bounces
        )

    def apply(self, *receipts: Receipt) -> Applied:
        """Bring one batch of receipts."""
        return self.tracker(receipts)

    def sweeper(self, limit: int = 100) -> SweepNotifications:
        """The sweeper."""
        return SweepNotifications(
            ledger=self.ledger,
            notifications_topic=self.notifications_topic,
            receipts=self.receipts,
            match_texts=self.receipt_sweeper().match_texts,
            send_within=lambda _: self.send_within,
            due_policy=DuePolicy(
                first_wait=self.policy.republish_after,
                resend_email_after=self.resend_email_after,
                receipt_timeout=RECEIPT_TIMEOUT,
            ),
            now=self.now,
            limit=limit,
        )

    def sweep(self, limit: int = 100) -> Swept:
        """Do one round of the sweeper."""
        return self.sweeper(limit)()

    def sweep_receipts(self, limit: int = 100) -> ReceiptsSwept:
        """Do one round of the sweeper's other half."""
        return self.receipt_sweeper(limit)()

    def receipt_sweeper(self, limit: int = 100) -> SweepReceipts:
        """The sweeper's other half."""
        return SweepReceipts(
            receipt_logs=self.receipt_logs,
            merge=self.merge,
            suppress=self.suppress,
            match=MatchReceipts(ledger=self.ledger, receipt_logs=self.receipt_logs, lease=LEASE),
            receipt_timeout=RECEIPT_TIMEOUT,
            now=self.now,
            limit=limit,
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


def records(*payloads: bytes, at: int = 101) -> Sequence[StreamRecord]:
    """Return the payloads as a batch of the stream, from that position on."""
    return [
        StreamRecord(
            sequence_number=str(position), partition_key="o", arrived_at=None, payload=each
        )
        for position, each in enumerate(payloads, start=at)
    ]
