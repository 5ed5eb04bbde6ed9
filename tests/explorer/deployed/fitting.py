"""Define the policies of the functions, and what replaces a safeguard. Used by the explorer's functions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from msgspec.structs import asdict, replace

from ordercast.decisions.audience import Policy
from ordercast.pacing.holds import STALE_VIEW
from ordercast.pacing.reputation import ReputationLimits
from ordercast.settings.processors import ReceiptPolicy, SendPolicy, SweepPolicy
from ordercast.workflows.apply_receipts import ApplyReceipts
from ordercast.workflows.merge_receipts import MergeReceipts
from ordercast.workflows.send.breakers import Breakers
from ordercast.workflows.send.claims import Claims
from ordercast.workflows.send.settling import Settling
from ordercast.workflows.send_messages import SendMessages
from ordercast.workflows.sweep.sweep import Sweep
from ordercast.workflows.sweep_receipts import SweepReceipts
from tests.explorer.event_sources.queues import Event
from tests.fakes.accounts import FakeAccounts
from tests.fakes.buckets import FakeBuckets
from tests.fakes.ledger import FakeLedger
from tests.fakes.rollups import FakeRollups
from tests.fakes.services import LEASE, ORPHAN_WAIT, QUIET, RECEIPT_RETENTION, SOFT_BOUNCES

Kind = TypeVar("Kind")

SEND_WITHIN = timedelta(days=1)
RECEIPT_TIMEOUT = timedelta(hours=24)
FALLBACK_GRACE, FALLBACK_UNKNOWN_AFTER = timedelta(minutes=10), timedelta(hours=1)
"""Shorter than rows are kept here, so that it ends before them."""

LIMITS = ReputationLimits(bounces=Decimal("4.5"), complaints=Decimal("0.09"))

REGIONS = {"region": "us-east-1", "second_region": "eu-west-1"}

SWEEP_POLICY = SweepPolicy(
    **QUIET,
    **REGIONS,
    republish_after=timedelta(minutes=5),
    resend_email_after=timedelta(minutes=30),
    receipt_timeout=RECEIPT_TIMEOUT,
    claim_lease=LEASE,
    soft_bounces=SOFT_BOUNCES,
    retry_after_receipt="normal 2 over 40 min",
    retry_for_now=False,
    fallback_grace=FALLBACK_GRACE,
    fallback_unknown_after=FALLBACK_UNKNOWN_AFTER,
    allowed_recipients="*@example.com, +1206555*",
    hold_bounce_percent=LIMITS.bounces,
    hold_complaint_percent=LIMITS.complaints,
)

SEND_POLICY = SendPolicy(
    **QUIET,
    origination="explorer",
    rate=1000,
    velocity_floor=2,
    velocity_factor=5,
    claim_lease=LEASE,
    receipt_retention=RECEIPT_RETENTION,
    fallback_unknown_after=FALLBACK_UNKNOWN_AFTER,
    receipt_timeout=RECEIPT_TIMEOUT,
)

RECEIPT_POLICY = ReceiptPolicy(
    **REGIONS,
    receipt_retention=RECEIPT_RETENTION,
    receipt_timeout=RECEIPT_TIMEOUT,
    orphan_wait=ORPHAN_WAIT,
    soft_bounces=SOFT_BOUNCES,
)

POLICY = Policy(
    default_country="US",
    default_time_zone="America/New_York",
    retention=timedelta(hours=48),
    republish_after=SWEEP_POLICY.republish_after,
    cap=2,
    quiet=None,
    allowed=("*@example.com", "+1206555*"),
    countries=frozenset({"US"}),
    landlines=False,
)


@dataclass(slots=True)
class Fitting:
    """How the functions are built. A safeguard is removed by putting something else in its place.

    `ledger`, `rollups`, `accounts` and `buckets` wrap fakes below the fault proxy, as if the service itself behaved so; the others
    wrap what a workflow is given, or what a function answers, or are put in its place. A queue of
    notifications gives up what it brought `receives` times.
    """

    ledger: Callable[[FakeLedger], Any] = lambda fake: fake
    relay_ledger: Callable[[Any], Any] = lambda port: port
    sender_ledger: Callable[[Any], Any] = lambda port: port
    sweeper_ledger: Callable[[Any], Any] = lambda port: port
    parked: Callable[[Any], Any] = lambda port: port
    answer: Callable[[Event, Any], Any] = lambda _, answer: answer
    template_versions: Callable[[Any], Any] = lambda port: port
    tracker_receipt_logs: Callable[[Any], Any] = lambda port: port
    rollups: Callable[[FakeRollups], Any] = lambda fake: fake
    accounts: Callable[[FakeAccounts], Any] = lambda fake: fake
    buckets: Callable[[FakeBuckets], Any] = lambda fake: fake
    claims: type[Claims] = Claims
    breakers: type[Breakers] = Breakers
    settling: type[Settling] = Settling
    apply: type[ApplyReceipts] = ApplyReceipts
    merge: type[MergeReceipts] = MergeReceipts
    sweep: Callable[[Sweep], Sweep] = lambda sweep: sweep
    holds_kept: timedelta = STALE_VIEW
    provider_attempts: int = 1
    receives: int = 20
    sweeps: bool = True
    sweeps_receipts: bool = True
    repairs: bool = True
    corrects_budgets: bool = True

    def of_sender(self, send: SendMessages) -> SendMessages:
        """Return a sender's workflow with its steps as they are here."""
        settling = replace(send.settling, merge=rebuilt(self.merge, send.settling.merge))
        breakers = rebuilt(self.breakers, send.lanes.breakers)
        return replace(
            send,
            lanes=replace(send.lanes, breakers=breakers),
            checks=replace(send.checks, breakers=breakers),
            claims=rebuilt(self.claims, send.claims),
            settling=rebuilt(self.settling, settling),
        )

    def of_tracker(self, apply: ApplyReceipts) -> ApplyReceipts:
        """Return the tracker's workflow as it is here."""
        return rebuilt(self.apply, replace(apply, merge=rebuilt(self.merge, apply.merge)))

    def of_sweep(self, sweep: Sweep) -> Sweep:
        """Return the sweeper as it is here."""
        holds = replace(sweep.holds, kept=self.holds_kept)
        return self.sweep(replace(sweep, holds=holds))

    def of_sweeper(self, receipts: SweepReceipts) -> SweepReceipts:
        """Return the sweeper's half for receipts as it is here."""
        return replace(receipts, merge=rebuilt(self.merge, receipts.merge))


def rebuilt(kind: type[Kind], built: Any) -> Kind:
    """Return what was built as one of *kind*, with the same fields."""
    return kind(**asdict(built))
