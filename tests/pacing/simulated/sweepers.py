"""Groups of sweepers that run side by side each minute, and see counts that are old. Used by the simulation of senders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from msgspec import structs

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.notification import Notification
from ordercast.sending.due_partitions import SHARDS
from ordercast.wiring.sweep import SweeperPorts, sweep, sweep_receipts
from ordercast.workflows.ports import SendQuotas
from ordercast.workflows.release_room import Origination, Senders
from ordercast.workflows.sweep.sweep import Sweep
from ordercast.workflows.sweep.swept import Swept
from tests.explorer.deployed.fitting import SWEEP_POLICY
from tests.fakes.accounts import FakeAccounts
from tests.fakes.buckets import FakeBuckets
from tests.fakes.ledger import FakeLedger
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.receipt_queue import FakeReceiptQueue
from tests.fakes.reputations import FakeReputations
from tests.fakes.rollups import FakeRollups
from tests.fakes.route_probes import FakeRouteProbes
from tests.fakes.services import SEND_POLICY
from tests.pacing.simulated.queue import Queue
from tests.pacing.simulated.virtual_time import VirtualTime

MINUTE = timedelta(minutes=1)
TIMEOUT = timedelta(seconds=50)
GROUPS = 4
A_CALL = 0.02  # seconds


@dataclass(slots=True, kw_only=True)
class Sweepers:
    """A sweeper for each group of shards, around the ledger and the queues of e-mails.

    `longest` is the most that ever waited in the queues.
    """

    time: VirtualTime
    ledger: FakeLedger
    buckets: FakeBuckets
    queues: Mapping[Priority, Queue]
    limit: int
    quiet_hours: str
    quotas: SendQuotas
    longest: int = 0
    _counted: dict[tuple[Channel, Priority], int] = field(default_factory=dict)

    def start(self) -> None:
        """Start them, and the count of the queues, which is taken once a minute."""
        for group in range(GROUPS):
            self.time.start(partial(self._run, SHARDS[group::GROUPS]))
        self.time.start(self._count)

    def waiting(self) -> Mapping[tuple[Channel, Priority], int]:
        """Be the work queues: as they were a minute ago."""
        return self._counted

    def publish(self, rows: Sequence[Notification]) -> set[str]:
        """Be the topic."""
        self.time.pause(A_CALL * len(rows) / 10)
        for row in rows:
            self.queues[row.priority].put(row.id)
        self.longest = max(self.longest, sum(each.waiting for each in self.queues.values()))
        return {row.id for row in rows}

    def _run(self, shards: Sequence[int]) -> None:
        while True:
            ends = self.time() + TIMEOUT
            self._sweep(Swept(), shards, time_left=partial(self._left, ends))
            self.time.wait(ends + MINUTE - TIMEOUT)

    def _left(self, ends: datetime) -> timedelta:
        return ends - self.time()

    def _count(self) -> None:
        while True:
            seen = {(Channel.EMAIL, each): queue.waiting for each, queue in self.queues.items()}
            self.time.wait(self.time() + MINUTE)
            self._counted = seen

    @property
    def _sweep(self) -> Sweep:
        key = SEND_POLICY.origination
        ports = SweeperPorts(
            ledger=self.ledger,
            people=self.ledger.people,
            receipt_logs=FakeReceiptLogs(),
            accounts=FakeAccounts(),
            adjustments=FakeRollups(),
            notifications_topic=self,
            receipt_queue=FakeReceiptQueue(),
            senders=Senders(
                work_queues=self,
                buckets=self.buckets,
                originations={each: Origination(key=key, limit=self.limit) for each in Channel},
                units=lambda _: 1,
                now=self.time,
            ),
            send_quotas=self.quotas,
            reputations=FakeReputations(),
            route_probes=FakeRouteProbes(),
            send_within=lambda _: timedelta(days=2),
            now=self.time,
        )
        policy = structs.replace(SWEEP_POLICY, quiet_hours=self.quiet_hours, second_region="")
        return sweep(ports, policy, sweep_receipts(ports, policy))
