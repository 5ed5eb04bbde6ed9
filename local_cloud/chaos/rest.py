"""Look at a local cloud until nothing moves any more, within a limit. Used by `run` and `soak`."""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.chaos.flow import ChaosOrder, Wanted
from local_cloud.chaos.judgement import Judgement, judge
from local_cloud.cloud import LocalCloud
from local_cloud.in_flight import InFlight, in_flight
from local_cloud.inbox import InboxReader, SentMessage
from ordercast.gateways.ledger.items import read
from ordercast.gateways.ledger.rollup_inputs import DynamoRollupInputs
from ordercast.notifications.notification import Notification
from ordercast.operations.parked_sources import parked_sources
from ordercast.operations.reconciliation import ReconciliationResult, compare
from ordercast.operations.target import Target
from ordercast.parked.item import Kind, Selection
from ordercast.workflows.read_rollups import HOUR

LOOK = 3.0
"""Seconds between two looks."""


@dataclass(slots=True, kw_only=True)
class Observation:
    """What can be seen of a run on *cloud* that *began* then; `messages` are those sent so far."""

    cloud: LocalCloud
    target: Target
    began: datetime
    messages: list[SentMessage] = field(default_factory=list)
    _reader: InboxReader = field(init=False)

    def __post_init__(self) -> None:
        self._reader = InboxReader(self.cloud.inbox)

    def new_messages(self) -> int:
        """Read what was sent since the last look; return how many there are in all."""
        self.messages += self._reader.new()
        return len(self.messages)

    def rows(self) -> dict[Wanted, Notification]:
        """Return the ledger's rows by order and channel."""
        inputs = DynamoRollupInputs(table=self.target.ledger().table)
        day = timedelta(days=1)
        found = map(read, inputs.scan_items(self.began - day, datetime.now(UTC) + day))
        return {(row.order.order_id, str(row.channel)): row for row in found}

    def judge(self, orders: Iterable[ChaosOrder], thrown: Mapping[str, int]) -> Judgement:
        """Judge the messages as they are now."""
        rows = self.rows()
        self.new_messages()
        return judge(orders, rows, self.messages, thrown)

    def in_flight(self) -> InFlight:
        """Count records and messages that no function has finished."""
        return in_flight(self.cloud.folder, self.cloud.endpoint)

    def verified(self) -> ReconciliationResult:
        """Compare rollups, ledger, stream and CloudWatch."""
        since = self.began.replace(minute=0, second=0, microsecond=0)
        return compare(self.target, since, datetime.now(UTC).replace(minute=0) + HOUR)

    def parked(self) -> dict[Kind, int]:
        """Count what is parked, by kind."""
        with closing(parked_sources(self.target)) as sources:
            found = sources.find(Selection())
        counted: dict[Kind, int] = {}
        for each in found:
            for item in each.items:
                counted[item.kind] = counted.get(item.kind, 0) + 1
        return counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """How a run ended: at rest or at the limit, after *seconds*; what was judged and compared then."""

    judgement: Judgement
    verified: ReconciliationResult
    left: InFlight
    seconds: float

    @property
    def is_reached(self) -> bool:
        """Whether nothing is left, and the rollups are right."""
        return self.judgement.is_at_rest and not self.left and self.verified.is_right


def wait_for_rest(
    seen: Observation,
    orders: Sequence[ChaosOrder],
    thrown: Mapping[str, int],
    *,
    within: timedelta,
) -> Rest:
    """Look until all is at rest, or *within* is over; a look that fails is made again."""
    began = time.monotonic()
    while True:
        found = _look(seen, orders, thrown, began)
        over = time.monotonic() - began > within.total_seconds()
        if found and (found.is_reached or over):
            return found
        seen.cloud.check()
        time.sleep(LOOK)


def _look(
    seen: Observation, orders: Sequence[ChaosOrder], thrown: Mapping[str, int], began: float
) -> Rest | None:
    try:
        return Rest(
            judgement=seen.judge(orders, thrown),
            left=seen.in_flight(),
            verified=seen.verified(),
            seconds=time.monotonic() - began,
        )
    except (BotoCoreError, ClientError):
        return None
