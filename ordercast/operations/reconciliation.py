"""Compare the rollups of a period with the ledger, the stream and CloudWatch. Used by `ordercast verify` and the demo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import asdict

from ordercast.operations.periods import moment
from ordercast.operations.target import Target
from ordercast.reconciliation.comparison import Findings
from ordercast.reconciliation.tracing import TracedRecords
from ordercast.settings.analytics import VerifierSettings
from ordercast.settings.choice_by_cost import write_choice
from ordercast.usage_error import UsageError
from ordercast.wiring.reconciliation import verification
from ordercast.workflows.read_rollups import hours
from ordercast.workflows.reconcile.compare_budgets import BudgetDifference


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationResult:
    """The differences that were found; `cloudwatch` has the rollups' and CloudWatch's sum by metric.

    `cloudwatch_off_since` is the first hour (UTC) in which they differ. `budgets` are hours and days of budgets that have used something else than was charged.
    """

    found: Findings
    records: TracedRecords
    cloudwatch: Mapping[str, tuple[float, float]]
    cloudwatch_off_since: str | None = None
    repaired: int
    budgets: Sequence[BudgetDifference] = ()

    @property
    def is_right(self) -> bool:
        """Whether nothing differs, after the repair where there was one."""
        traced = self.records.add_up and not self.records.lost
        return self.found.are_clean and traced and not self.budgets


def whole_hours(
    since: str | None, until: str | None, *, now: datetime
) -> tuple[datetime, datetime]:
    """Return begin and end; the begin is that of an hour, by default 24 h back. Raises `UsageError`."""
    ends = moment(until, option="--until", now=now) if until else now
    begins = moment(since, option="--since", now=now) if since else ends - timedelta(days=1)
    begins = begins.replace(minute=0, second=0, microsecond=0)
    if begins >= ends:
        raise UsageError("the period ends before it begins")
    return begins, ends


def verifier_settings(chosen: Target, *, second_look: timedelta | None = None) -> VerifierSettings:
    """Return the verifier's settings for a deployed stage.

    *second_look* is the time between two looks, by default the stage's `second_look` (stages/*.toml).
    """
    settings = chosen.settings
    own = {
        "stage": chosen.stage,
        "stream_retention": settings.orders.retention,
        "redelivered_for": settings.order_relay.max_age,
        "choice_by_cost": write_choice(settings.choice_by_cost),
        "second_look": settings.second_look if second_look is None else second_look,
    }
    return VerifierSettings.of({**asdict(settings), **asdict(chosen.names), **own})


def compare(
    chosen: Target,
    since: datetime,
    until: datetime,
    *,
    second_look: timedelta | None = None,
    repair: bool = False,
    scan: bool = False,
) -> ReconciliationResult:
    """Compare a period; after a *repair* compare again and return that result.

    A repair also counts unattributed charges, if the stage counts these.
    """
    if since >= until:
        raise UsageError("the period ends before it begins")
    settings = verifier_settings(chosen, second_look=second_look)
    wired = verification(settings, now=lambda: datetime.now(UTC))
    kept = datetime.now(UTC) - settings.stream_retention
    records = wired.trace_records(max(since, kept), until) if kept < until else TracedRecords()
    promised = set(records.promised)
    if scan:
        promised |= {row.id for row in wired.inputs.scan(since, until)}
    named = hours(since, until)
    found, repaired = wired.verify(named, promised), 0
    if repair and wired.charges:
        repaired = wired.charges()
    if repair and not found.are_clean:
        repaired += wired.verify.repair(found)
        found = wired.verify(named, promised)
    budgets = wired.budgets(named) if found.are_clean else []
    if repair and budgets:
        repaired += wired.budgets.correct(budgets)
        budgets = wired.budgets(named)
    metrics = wired.metrics(named)
    return ReconciliationResult(
        found=found,
        budgets=budgets,
        records=records,
        cloudwatch=metrics.sums,
        cloudwatch_off_since=metrics.off_since,
        repaired=repaired,
    )


def document(result: ReconciliationResult) -> dict[str, Any]:
    """Return the result for `--json`."""
    found, records = result.found, result.records
    return {
        "right": result.is_right,
        "notifications": found.notifications,
        "different": {
            "notifications": dict(found.wrong_notifications),
            "buckets": [
                {**bucket._asdict(), "too_much": {n: str(a) for n, a in amounts.items()}}
                for bucket, amounts in found.wrong_buckets.items()
            ],
        },
        "not_yet_counted": sorted(found.not_yet_counted),
        "budgets": [
            {
                "account": each.account.key,
                "slot": each.slot,
                "used_usd": str(each.used),
                "charged_usd": str(each.charged),
            }
            for each in result.budgets
        ],
        "moving": sorted(found.moving),
        "unlisted": found.unlisted,
        "ended": found.ended,
        "repaired": result.repaired,
        "records": {"in": records.records, **{name: getattr(records, name) for name in _TRACED}},
        "cloudwatch": {
            name: {"rollups": rollups, "cloudwatch": measured}
            for name, (rollups, measured) in result.cloudwatch.items()
        },
        "cloudwatch_off_since": result.cloudwatch_off_since,
    }


_TRACED = ("accepted", "duplicate", "stale", "parked", "waiting", "lost", "unentered")
