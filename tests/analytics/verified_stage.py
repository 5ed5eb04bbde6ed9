"""Put a verifier's stage on fakes, at a fixed time. Used by the verifier's tests."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from msgspec.structs import replace

from ordercast.reconciliation.progress import READ_TO_THE_END
from ordercast.reconciliation.tracing import TracedRecords
from ordercast.rollups.rollup import RollupInput, hour_of
from ordercast.settings.analytics import VerifierSettings
from ordercast.settings.choice_by_cost import write_choice
from ordercast.settings.stage_files import default_settings
from ordercast.workflows.reconcile.count_charges import CountCharges
from tests.fakes.metric_figures import FakeMetricFigures
from tests.fakes.metrics import FakeMetrics
from tests.fakes.progress import FakeProgress
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.rollups import FakeRollups
from tests.fakes.shops import FakeShops
from tests.lines import line
from tests.promises.rollups import count
from tests.rollups.stream_of_changes import FakeRollupInputs
from tests.rollups.test_rollups_balance import counting

HOUR = timedelta(hours=1)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""The hour that the verifier runs in."""

SETTINGS = VerifierSettings(
    stage="dev",
    region="us-east-1",
    metrics="essential",
    ledger_table="l",
    rollups_table="r",
    receipts_table="t",
    orders_stream="s",
    parked_bucket="p",
    retention=timedelta(days=90),
    stream_retention=timedelta(hours=24),
    redelivered_for=6 * HOUR,
    claim_lease=HOUR,
    velocity_floor=0,
    velocity_factor=5,
    second_look=timedelta(seconds=30),
    receipt_timeout=timedelta(hours=72),
    sole_sender=True,
    default_currency="USD",
    choice_by_cost=write_choice(default_settings().choice_by_cost),
)


class Clock(datetime):
    minutes = 5

    @classmethod
    def now(cls, tz: tzinfo | None = UTC) -> datetime:  # type: ignore[override]  # a fixed time
        return NOW.astimezone(tz) + timedelta(minutes=cls.minutes)


class Context:
    """An invocation's; `left` is what it has."""

    aws_request_id = "r-1"

    def __init__(self, left: timedelta = timedelta(minutes=15)) -> None:
        self.left = left

    def get_remaining_time_in_millis(self) -> int:
        return int(self.left.total_seconds() * 1000)


class Stage:
    def __init__(self) -> None:
        self.rollups, self.ledger = FakeRollups(), FakeRollupInputs()
        self.progress = FakeProgress()
        self.metrics = FakeMetrics()
        self.shops = FakeShops()
        self.metric_figures = FakeMetricFigures()
        self.receipt_logs = FakeReceiptLogs()
        self.charges = CountCharges(
            receipt_logs=self.receipt_logs,
            count=counting(self.rollups, 0),
            wait=timedelta(hours=72),
            now=Clock.now,
        )
        self.placed: dict[datetime, TracedRecords] = {}
        self.reads_since: list[datetime] = []

    def pages(
        self, since: datetime, until: datetime, *, traced: TracedRecords, places: Mapping[str, str]
    ) -> Iterator[tuple[str, str, Mapping[str, RollupInput]]]:
        assert HOUR == until - since
        if places:  # read to the end, and saved
            return
        self.reads_since.append(since)
        there = self.placed.get(since, TracedRecords())
        for name in ("records", "accepted", "lost", "unentered"):
            setattr(traced, name, getattr(there, name))
        yield "shard-1", READ_TO_THE_END, self.ledger.rollup_inputs(there.promised)

    def counted(self, number: int, age: timedelta, **changes: Any) -> None:
        """Put a row on the ledger and in the rollups, and change it on the ledger since."""
        one = line(number)
        one = replace(one, bucket=one.bucket._replace(hour=hour_of(NOW - age)))
        count(self.rollups, one)
        self.ledger.rows[one.id] = replace(one, **changes)
