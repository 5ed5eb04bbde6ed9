"""Compare CloudWatch's sums with the rollups, hour by hour. Used by `ordercast verify` and the verifier."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from ordercast.embedded_metric_format import MetricSeries
from ordercast.rollups.statistics import Figures, in_all
from ordercast.workflows.read_rollups import HOUR, Buckets, rollups_between

COUNTS = ("Accepted", "Sent", "Delivered", "Undelivered", "InDoubt", "Suppressed")
COST = "CostUSD"

Sums = tuple[float, float]
"""The rollups' sum and CloudWatch's."""


class Metrics(Protocol):
    """What CloudWatch has of a stage's metrics."""

    def by_hour(
        self,
        names: Sequence[str],
        since: datetime,
        until: datetime,
        *,
        series: MetricSeries = MetricSeries(),  # noqa: B008 (a value)
    ) -> Mapping[str, Mapping[datetime, float]]:
        """Return the sum of each metric of a series in each hour that has one."""
        ...


class MetricsComparison(Struct, frozen=True, kw_only=True):
    """The sums of each hour (UTC, `2026-03-02T09`) by metric."""

    by_hour: Mapping[str, Mapping[str, Sums]]

    @property
    def sums(self) -> dict[str, Sums]:
        """Return the sums of all hours together."""
        return {
            name: (
                sum(each[name][0] for each in self.by_hour.values()),
                sum(each[name][1] for each in self.by_hour.values()),
            )
            for name in (*COUNTS, COST)
            if self.by_hour
        }

    @property
    def off_since(self) -> str | None:
        """Return the first hour in which a figure differs; None if there is none."""
        return next((hour for hour in sorted(self.by_hour) if _off(self.by_hour[hour])), None)

    @property
    def off_by(self) -> int:
        """Return by how many notifications the figure that differs most does, hour by hour, in all."""
        return sum(_off(each, COUNTS) for each in self.by_hour.values())


class CompareMetrics(Struct, frozen=True, kw_only=True):
    """Compare hours of acceptance, at which both stand."""

    rollups: Buckets
    metrics: Metrics

    def __call__(self, hours: Sequence[str]) -> MetricsComparison:
        """Return the sums of these hours, which follow each other."""
        if not hours:
            return MetricsComparison(by_hour={})
        begins = {hour: datetime.fromisoformat(f"{hour}:00+00:00") for hour in hours}
        since, until = begins[hours[0]], begins[hours[-1]] + HOUR
        buckets = rollups_between(self.rollups, since, until)
        measured = self.metrics.by_hour([*COUNTS, COST], since, until)
        return MetricsComparison(
            by_hour={
                hour: {
                    name: (figure, measured[name].get(begun, 0.0))
                    for name, figure in _named(
                        in_all(amounts for key, amounts in buckets.items() if key.hour == hour)
                    ).items()
                }
                for hour, begun in begins.items()
            }
        )


def _named(figures: Figures) -> dict[str, float]:
    return {
        "Accepted": figures.accepted,
        "Sent": figures.sent,
        "Delivered": figures.delivered,
        "Undelivered": figures.undelivered,
        "InDoubt": figures.in_doubt,
        "Suppressed": figures.suppressed,
        COST: float(figures.money.cost),
    }


def _off(sums: Mapping[str, Sums], names: Sequence[str] = (*COUNTS, COST)) -> int:
    """Return the largest difference, rounded up; what a float cannot hold is none."""
    most = max(abs(round(sums[name][1] - sums[name][0], 6)) for name in names)
    return -int(-most // 1)
