"""Lambda: count unattributed charges, reconcile past hours and report differences. Invoked three times an hour."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from analytics.cloudwatch_metrics import figures_by_series, summed_series
from ordercast.embedded_metric_format import CLOUDWATCH_OFF, emf_line
from ordercast.gateways.invocations.deadline import deadline
from ordercast.gateways.invocations.request_log import request_log
from ordercast.reconciliation.metric_figures import HourFigures
from ordercast.settings.analytics import HOURS_AGO, MINUTES_APART, VerifierSettings
from ordercast.wiring.reconciliation import Verification, verification
from ordercast.workflows.reconcile.compare_in_passes import ComparedHour
from ordercast.workflows.reconcile.fill_metric_gaps import FillMetricGaps

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from ordercast.workflows.ports import Deadline

METRIC = "RollupsDiffer"


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:  # noqa: ARG001
    """Go on comparing hours of each of HOURS_AGO, and write the mismatches as a metric.

    Before that, the velocity limits of the next hour, the scores of routes and new shops are written,
    and unattributed charges counted; after it, what CloudWatch lacks of older hours is published.
    """
    log = request_log("verifier", context)
    log.info("velocity_limits_written", extra={"above_the_floor": _wired().velocity()})
    if scores := _wired().scores:
        log.info("routes_scored", extra={"scores": scores()})
    log.info("shops_listed", extra={"new": _wired().shops()})
    if charges := _wired().charges:
        log.info("charges_counted", extra={"unattributed": charges()})
    now = datetime.now(UTC)
    over: list[ComparedHour] = []
    for made in _passes(deadline(context), first=now.minute // MINUTES_APART):
        log.info(
            "hour_compared" if made.is_over else "hour_continues",
            extra={"hour": made.hour, "hours_ago": made.age, **made.figures},
        )
        if made.is_over:
            over.append(made)
            _tell_cloudwatch(made)
    for age in HOURS_AGO:
        _compare_budgets(age, deadline(context), log)
    mismatches = sum(each.mismatches for each in over)
    print(emf_line({METRIC: mismatches}, stage=_settings().stage, at=now))
    # Last: what CloudWatch lacks may wait, a comparison may not.
    for filled in _gaps()():
        log.info("metrics_filled", extra={"hour": filled.hour, "figures": _publish(filled)})
    return {"mismatches": mismatches, "hours": {each.hour: each.figures for each in over}}


def _passes(left: "Deadline", *, first: int) -> Iterator[ComparedHour]:
    """Do passes while there is time; each run begins with another age, so that none waits for ever."""
    in_passes, has_worked = _wired().in_passes, False
    for age in (*HOURS_AGO[first:], *HOURS_AGO[:first]):
        while not has_worked or in_passes.has_time(left):
            made = in_passes(age, deadline=left)
            if made is None:
                break
            has_worked = True
            yield made
            if not made.is_over:
                return


def _tell_cloudwatch(made: ComparedHour) -> None:
    """Publish, at its hour, by how much CloudWatch differs, once it has had a day to show it."""
    if made.age != HOURS_AGO[0]:
        off = _wired().metrics([made.hour]).off_by
        at = datetime.fromisoformat(f"{made.hour}:00+00:00")
        print(emf_line({CLOUDWATCH_OFF: off}, stage=_settings().stage, at=at))


def _publish(filled: HourFigures) -> dict[str, float]:
    """Publish what CloudWatch lacks of an hour, at its begin; return it by name."""
    at = datetime.fromisoformat(f"{filled.hour}:00+00:00")
    published: dict[str, float] = {}
    for series, figures in (filled.filled or {}).items():
        print(emf_line(figures, stage=_settings().stage, at=at, series=series))
        published |= {" ".join(filter(None, (n, series.value))): f for n, f in figures.items()}
    return published


def _gaps() -> FillMetricGaps:
    level = _settings().metrics
    return FillMetricGaps(
        rollups=_wired().rollups,
        metrics=_wired().metrics.metrics,
        kept=_wired().metric_figures,
        series=summed_series(level),
        figures_of=partial(figures_by_series, level=level),
        now=lambda: datetime.now(UTC),
    )


def _compare_budgets(age: int, left: "Deadline", log: "Logger") -> None:
    """Give budgets back what a crash has left drawn, of hours whose rollups are right."""
    in_passes, has_worked = _wired().budgets_in_passes, False
    while not has_worked or _wired().in_passes.has_time(left):
        made = in_passes(age, deadline=left)
        if made is None:
            break
        has_worked = True
        if made.is_over:
            log.info("budgets_corrected", extra={"hour": made.hour, "slots": made.corrected})


@cache
def _settings() -> VerifierSettings:
    return VerifierSettings.from_env(os.environ)


@cache
def _wired() -> Verification:
    """Build once per execution environment, on the first invocation."""
    return verification(_settings(), now=lambda: datetime.now(UTC))
