"""Hold a fake of everything outside the workflows, and a stage's settings. Used by `World` and by tests of the flow."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from ordercast.decisions.audience import Policy
from ordercast.events.envelope import open_envelope
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person import Person
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.routes import Routes, home_route
from ordercast.settings.processors import SendPolicy
from ordercast.templates.rendering import words
from ordercast.templates.words import Words
from ordercast.workflows.ports import Deadline
from ordercast.workflows.relay_orders import Opening
from ordercast.workflows.release_room import Units
from ordercast.workflows.send.checks import Cost
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
from tests.fakes.reputations import FakeReputations
from tests.fakes.rollups import FakeRollups
from tests.fakes.route_probes import FakeRouteProbes
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
FALLBACK_GRACE, FALLBACK_UNKNOWN_AFTER = timedelta(minutes=10), timedelta(hours=1)
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
    fallback_unknown_after=FALLBACK_UNKNOWN_AFTER,
)


def cost(row: Notification, _: Words) -> ClaimRequest:
    """Return what sending takes, where every text is one part at a cent, and at most at two."""
    if row.channel is Channel.EMAIL:
        return ClaimRequest(id=row.id)
    return ClaimRequest(id=row.id, parts=1, estimate=Decimal("0.01"), reserved=Decimal("0.02"))


def only_route(channel: Channel) -> Routes:
    """Return the routes of a stage that names none."""
    home = home_route(channel, "us-east-1")
    return Routes(home=home, usual=home)


@dataclass(slots=True)
class Services:
    """What the flow has around it, and what came of it there."""

    now: HandTurnedClock = field(default_factory=HandTurnedClock)
    token: CountingToken = field(default_factory=CountingToken)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    notifications_topic: FakeNotificationsTopic = field(default_factory=FakeNotificationsTopic)
    parked: FakeParkedRecords = field(default_factory=FakeParkedRecords)
    receipt_logs: FakeReceiptLogs = field(default_factory=FakeReceiptLogs)
    provider: FakeProvider = field(default_factory=FakeProvider)
    buckets: FakeBuckets = field(default_factory=FakeBuckets)
    send_quotas: FakeSendQuotas = field(default_factory=FakeSendQuotas)
    quotas_of_second_region: FakeSendQuotas | None = None
    reputations: FakeReputations = field(default_factory=FakeReputations)
    route_probes: FakeRouteProbes = field(default_factory=FakeRouteProbes)
    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    rollups: FakeRollups = field(default_factory=FakeRollups)
    receipts: FakeReceiptQueue = field(default_factory=FakeReceiptQueue)
    work_queues: FakeWorkQueues = field(default_factory=FakeWorkQueues)
    template_versions: FakeTemplateVersions = field(default_factory=FakeTemplateVersions)
    policy: Policy = POLICY
    opening: Opening = open_envelope
    words: Callable[[Notification], Words] = words
    cost: Cost = cost
    routes: Routes | None = None
    units: Units = lambda _: 1
    send_within: timedelta = SEND_WITHIN
    resend_email_after: timedelta | None = RESEND_EMAIL_AFTER
    retry_after_receipt: str = ""
    retry_for_now: bool = False
    rate: int = SEND_POLICY.rate
    velocity_floor: int = 0
    time_left: Deadline = lambda: timedelta(minutes=5)
    soft_bounces: int = SOFT_BOUNCES
    delivered: int = 0

    def __post_init__(self) -> None:
        self.accounts.buckets = self.buckets
        self.rollups.limits = lambda: self.ledger.limits

    @property
    def people(self) -> FakePeople:
        """Customers and addresses, which the ledger reads and whose caps are paid here."""
        return self.ledger.people

    def wait(self, until: datetime) -> None:
        """Let time pass until then."""
        self.now.at = max(self.now.at, until)

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
