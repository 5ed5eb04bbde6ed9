"""Every workflow, wired to fakes: records are put in, and what people got comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.order_event import Channel
from notifications.parking import StreamRecord
from notifications.receipt import Receipt
from notifications.templates import words
from tests.examples import POLICY
from tests.fakes.clock import CountingToken, HandTurnedClock
from tests.fakes.hub import FakeHub
from tests.fakes.ledger import FakeLedger
from tests.fakes.message_ids import FakeMessageIds
from tests.fakes.parked_records import FakeParkedRecords
from tests.fakes.provider import FakeProvider
from workflows.apply_receipts import Applied, ApplyReceipts
from workflows.relay_orders import Relayed, RelayOrders
from workflows.send_messages import SendMessages, Sent
from workflows.sweep import Sweep, Swept

LEASE = timedelta(minutes=2)
RECEIPT_RETENTION = timedelta(days=30)


@dataclass(slots=True)
class World:
    """The flow without AWS; `records` numbers what was put on the stream from 101 on."""

    now: HandTurnedClock = field(default_factory=HandTurnedClock)
    token: CountingToken = field(default_factory=CountingToken)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    hub: FakeHub = field(default_factory=FakeHub)
    parked: FakeParkedRecords = field(default_factory=FakeParkedRecords)
    message_ids: FakeMessageIds = field(default_factory=FakeMessageIds)
    provider: FakeProvider = field(default_factory=FakeProvider)

    @property
    def relayer(self) -> RelayOrders:
        """The relay."""
        return RelayOrders(
            ledger=self.ledger,
            hub=self.hub,
            parked=self.parked,
            policy=POLICY,
            default_currency="USD",
            now=self.now,
        )

    def relay(self, *payloads: bytes) -> Relayed:
        """Bring one batch of records from the stream."""
        return self.relayer(records(*payloads))

    @property
    def sender(self) -> SendMessages:
        """The sender of either channel: the provider is the same fake."""
        return SendMessages(
            ledger=self.ledger,
            message_ids=self.message_ids,
            provider=self.provider,
            words=words,
            now=self.now,
            token=self.token,
            lease=LEASE,
            receipt_retention=RECEIPT_RETENTION,
        )

    def send(self, *ids: str) -> Sent:
        """Bring one batch of requests from a queue."""
        return self.sender(ids)

    @property
    def tracker(self) -> ApplyReceipts:
        """The receipt tracker."""
        return ApplyReceipts(ledger=self.ledger, message_ids=self.message_ids, now=self.now)

    def apply(self, *receipts: Receipt) -> Applied:
        """Bring one batch of receipts."""
        return self.tracker(receipts)

    def sweep(self, limit: int = 100) -> Swept:
        """Do one round of the sweeper."""
        return Sweep(
            ledger=self.ledger,
            hub=self.hub,
            now=self.now,
            first_wait=POLICY.republish_after,
            limit=limit,
        )()

    def published(self) -> list[tuple[str, Channel]]:
        """Return the order and channel of each publication, in order."""
        return [(n.order.order_id, n.channel) for n in self.hub.published]

    def enter(self, *rows: Notification) -> None:
        """Put rows in the ledger as they are."""
        self.ledger.enter(rows)

    def state(self, notification_id: str) -> State:
        """Return how far a notification has got."""
        return self.ledger.rows[notification_id].state


def records(*payloads: bytes) -> Sequence[StreamRecord]:
    """Return the payloads as a batch of the stream, from position 101 on."""
    return [
        StreamRecord(
            sequence_number=str(position), partition_key="o", arrived_at=None, payload=each
        )
        for position, each in enumerate(payloads, start=101)
    ]
