"""A period in, whether the books, the ledger, the stream and CloudWatch say the same of it out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import boto3
import typer
from rich.table import Table

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.terminal import console
from ordercast.gateways.cloudwatch import MetricSums
from ordercast.operations.moments import moment
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.reconciliation.comparison import Findings
from ordercast.rollups.statistics import in_all
from ordercast.settings.analytics import VerifierSettings
from ordercast.settings.processors import NAMESPACE
from ordercast.usage_error import UsageError
from ordercast.wiring.reconciliation import Verification, verification
from ordercast.workflows.read_rollups import HOUR, hours, rollups_between
from ordercast.workflows.reconcile.trace_records import TracedRecords

Since = Annotated[
    str | None,
    typer.Option(help="Accepted from then on, in UTC: 24h, 7d, a date or time. [default: 24h]"),
]
Until = Annotated[
    str | None,
    typer.Option(help="Accepted before then, in UTC: 1h, a date or time. [default: now]"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that was compared; `cloudwatch` has the books' figure and CloudWatch's by metric."""

    found: Findings
    records: TracedRecords
    cloudwatch: Mapping[str, tuple[float, float]]
    repaired: int

    @property
    def is_right(self) -> bool:
        """Tell whether nothing is wrong, or no longer."""
        return self.found.are_clean and self.records.add_up and not self.records.lost


def verify(
    since: Since = None,
    until: Until = None,
    repair: Annotated[bool, typer.Option("--repair", help="Count what is not.")] = False,  # noqa: FBT002
    scan: Annotated[  # noqa: FBT002
        bool, typer.Option("--scan", help="Read the whole ledger for what was never counted.")
    ] = False,
    patience: Annotated[
        int | None,
        typer.Option(help="Seconds between two looks. [default: the stage's second_look]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Compare the books with the ledger, the stream and CloudWatch; status 1 if they differ.

    Hours are compared whole; by default the last 24, and the current one.
    """
    begins, ends = span(since, until, now=datetime.now(UTC))
    chosen = target(stage, cloud)
    pause = None if patience is None else timedelta(seconds=patience)
    settings = settings_of(chosen, patience=pause)
    wired = verification(settings, now=lambda: datetime.now(UTC))
    answer = compare(chosen, wired, settings, begins, ends, repair=repair, scan=scan)
    if as_json:
        print(json.dumps(document(answer), indent=2))
    else:
        _show(answer)
    if not answer.is_right:
        raise typer.Exit(1)


def span(since: str | None, until: str | None, *, now: datetime) -> tuple[datetime, datetime]:
    """Return from when on, and before when; from the beginning of an hour on. Raises `UsageError`."""
    ends = moment(until, option="--until", now=now) if until else now
    begins = moment(since, option="--since", now=now) if since else ends - timedelta(days=1)
    begins = begins.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if begins >= ends:
        raise UsageError("the period ends before it begins")
    return begins, ends


def settings_of(chosen: Target, *, patience: timedelta | None = None) -> VerifierSettings:
    """Return the settings with which a deployed stage is compared.

    Without *patience* the second look comes as late as the stage says: set in stages/*.toml as
    second_look.
    """
    settings, names = chosen.settings, chosen.names
    return VerifierSettings(
        stage=chosen.stage,
        ledger_table=names.ledger_table,
        rollups_table=names.rollups_table,
        receipts_table=names.receipts_table,
        orders_stream=names.orders_stream,
        parked_bucket=names.parked_bucket,
        retention=settings.retention,
        stream_retention=settings.orders.retention,
        redelivered_for=settings.order_relay.max_age,
        patience=settings.second_look if patience is None else patience,
        receipt_timeout=settings.receipt_timeout,
        sole_sender=settings.sole_sender,
        default_currency=settings.default_currency,
    )


def compare(
    chosen: Target,
    wired: Verification,
    settings: VerifierSettings,
    since: datetime,
    until: datetime,
    *,
    repair: bool = False,
    scan: bool = False,
) -> Answer:
    """Compare a period; a repair is followed by another comparison, which is the answer then.

    A repair counts what carriers bill and nobody sent, too, as far as the stage counts that.
    """
    if since >= until:
        raise UsageError("the period ends before it begins")
    kept = datetime.now(UTC) - settings.stream_retention
    records = wired.trace_records(max(since, kept), until) if kept < until else TracedRecords()
    promised = set(records.promised)
    if scan:
        promised |= {line.id for line in wired.lines.scan(since, until)}
    named = hours(since, until)
    found, repaired = wired.verify(named, promised), 0
    if repair and wired.charges:
        repaired = wired.charges()
    if repair and not found.are_clean:
        repaired += wired.verify.repair(found)
        found = wired.verify(named, promised)
    return Answer(
        found=found,
        records=records,
        cloudwatch=_cloudwatch(chosen.stage, wired, named),
        repaired=repaired,
    )


def document(answer: Answer) -> dict[str, Any]:
    """Return the answer as JSON has it."""
    found, records = answer.found, answer.records
    return {
        "right": answer.is_right,
        "notifications": found.notifications,
        "different": {
            "notifications": dict(found.wrong_lines),
            "buckets": [
                {**bucket._asdict(), "too_much": {n: str(a) for n, a in amounts.items()}}
                for bucket, amounts in found.wrong_buckets.items()
            ],
        },
        "not_yet_counted": sorted(found.not_yet_counted),
        "moving": sorted(found.moving),
        "unlisted": found.unlisted,
        "ended": found.ended,
        "repaired": answer.repaired,
        "records": {
            "in": records.records,
            "accepted": records.accepted,
            "duplicate": records.duplicate,
            "stale": records.stale,
            "parked": records.parked,
            "waiting": records.waiting,
            "lost": records.lost,
            "unentered": records.unentered,
        },
        "cloudwatch": {
            name: {"books": rollups, "cloudwatch": told}
            for name, (rollups, told) in answer.cloudwatch.items()
        },
    }


def _cloudwatch(
    stage: str, wired: Verification, named: list[str]
) -> dict[str, tuple[float, float]]:
    """Return what the books and CloudWatch say of the same hours of acceptance."""
    if not named:
        return {}
    first, last = (datetime.fromisoformat(f"{each}:00+00:00") for each in (named[0], named[-1]))
    figures = in_all(rollups_between(wired.rollups, first, last + HOUR).values())
    rollups = {
        "Accepted": figures.accepted,
        "Sent": figures.sent,
        "Delivered": figures.delivered,
        "Undelivered": figures.undelivered,
        "InDoubt": figures.in_doubt,
        "Suppressed": figures.suppressed,
        "CostUSD": float(figures.money.cost),
    }
    told = MetricSums(client=boto3.client("cloudwatch"), namespace=NAMESPACE, stage=stage)
    sums = told.sums(list(rollups), first, last + HOUR, period=HOUR)
    return {name: (figure, sums[name]) for name, figure in rollups.items()}


def _show(answer: Answer) -> None:
    found, records = answer.found, answer.records
    placed = records.accepted + records.duplicate + records.stale + records.parked
    rows = [
        ("notifications, over all states", found.notifications),
        ("different", found.different),
        ("not yet counted", len(found.not_yet_counted)),
        ("moving", len(found.moving)),
        ("records on the stream", records.records),
        ("accepted, duplicate, stale, parked", placed),
        ("  accepted", records.accepted),
        ("  duplicate", records.duplicate),
        ("  stale", records.stale),
        ("  parked", records.parked),
        ("waiting for the relay", len(records.waiting)),
        ("lost", len(records.lost)),
        ("promised, not on the ledger", len(records.unentered)),
        *([("more like these, not listed", found.unlisted)] if found.unlisted else []),
        *([("repaired", answer.repaired)] if answer.repaired else []),
    ]
    table = Table(show_header=False, box=None)
    for name, figure in rows:
        table.add_row(name, f"{figure:,}")
    console.print(table)
    told = Table("CloudWatch", "books", "CloudWatch", "off by", box=None)
    for name, (rollups, cloudwatch) in answer.cloudwatch.items():
        told.add_row(
            name, _figure(rollups), _figure(cloudwatch), _figure(cloudwatch - rollups, "+")
        )
    console.print(told)
    for what, why in [*found.wrong_lines.items(), *((i, "lost") for i in records.lost)]:
        console.print(f"{what}: {why}", markup=False)
    for bucket, amounts in found.wrong_buckets.items():
        held = ", ".join(f"{name} {amount:+}" for name, amount in amounts.items())
        console.print(f"{tuple(bucket)} holds {held}", markup=False)
    console.print("The books are right." if answer.is_right else "The books are not right.")


def _figure(of: float, sign: str = "") -> str:
    """Write a sum of CloudWatch's, which are floats, to the price list's last digit and no further."""
    # Adding 0 makes no zero negative.
    shown = f"{round(of, 6) + 0.0:{sign},.6f}"
    return shown.rstrip("0").rstrip(".")
