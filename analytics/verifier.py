"""Lambda: count unattributed charges, reconcile past hours and report differences. Invoked each hour."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from ordercast.embedded_metric_format import emf_line
from ordercast.gateways.invocations.request_log import request_log
from ordercast.reconciliation.tracing import TracedRecords
from ordercast.rollups.rollup import hour_of
from ordercast.settings.analytics import HOURS_AGO, VerifierSettings
from ordercast.wiring.reconciliation import Verification, verification

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

HOUR = timedelta(hours=1)

AGES = tuple(hours * HOUR for hours in HOURS_AGO)

METRIC = "RollupsDiffer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The result of one hour; `mismatches` is the number of findings that need an operator."""

    hour: str
    figures: dict[str, Any]
    mismatches: int


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Compare the hour that began `hours_ago` (by default all of AGES); write the mismatches as a metric.

    Before the youngest of AGES, the velocity limits of the next hour are written, and unattributed
    charges are counted.
    """
    hours_ago = event.get("hours_ago")
    ages = AGES if hours_ago is None else (hours_ago * HOUR,)
    log = request_log("verifier", context)
    if AGES[0] in ages:
        log.info("velocity_limits_written", extra={"above_the_floor": _wired().velocity()})
    if AGES[0] in ages and (charges := _wired().charges):
        log.info("charges_counted", extra={"unattributed": charges()})
    now, settings = datetime.now(UTC), _settings()
    begun = now.replace(minute=0, second=0, microsecond=0)
    compared = [compare(_wired(), begun - age, settings=settings, now=now) for age in ages]
    for each in compared:
        log.info("hour_compared", extra={"hour": each.hour, **each.figures})
    mismatches = sum(each.mismatches for each in compared)
    print(emf_line({METRIC: mismatches}, stage=settings.stage, at=now))
    return {"mismatches": mismatches, "hours": {each.hour: each.figures for each in compared}}


def compare(
    wired: Verification, begun: datetime, *, settings: VerifierSettings, now: datetime
) -> Compared:
    """Compare one hour's rollups, and trace its records while the stream still has them."""
    promised: set[str] = set()
    records: dict[str, Any] = {}
    mismatches = 0
    if now - begun < settings.stream_retention:
        placed = wired.trace_records(begun, begun + HOUR)
        promised = placed.promised
        mismatches = len(placed.lost) + len(placed.unentered)
        records = _figures(placed)
    found = wired.verify([hour_of(begun)], promised)
    stranded = wired.budgets([hour_of(begun)]) if found.are_clean else []
    figures = {
        "notifications": found.notifications,
        "different": found.different,
        "not_yet_counted": len(found.not_yet_counted),
        "moving": len(found.moving),
        "unlisted": found.unlisted,
        "ended": found.ended,
        "budgets_corrected": wired.budgets.correct(stranded),
        **records,
    }
    mismatches += found.different + len(found.not_yet_counted) + found.unlisted
    return Compared(hour=hour_of(begun), figures=figures, mismatches=mismatches)


def _figures(placed: TracedRecords) -> dict[str, int]:
    return {
        "records": placed.records,
        "accepted": placed.accepted,
        "duplicate": placed.duplicate,
        "stale": placed.stale,
        "parked": placed.parked,
        "waiting": len(placed.waiting),
        "lost": len(placed.lost),
        "unentered": len(placed.unentered),
    }


@cache
def _settings() -> VerifierSettings:
    return VerifierSettings.from_env(os.environ)


@cache
def _wired() -> Verification:
    """Build once per execution environment, on the first invocation."""
    return verification(_settings(), now=lambda: datetime.now(UTC))
