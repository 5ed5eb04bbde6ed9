"""Refer to the metrics that a stage publishes. Used by the alarms and the dashboard."""

from dataclasses import dataclass
from datetime import timedelta

from aws_cdk import aws_cloudwatch as cloudwatch

from ordercast.emf import NAMESPACE
from pipeline.constructs.conversions import duration

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdercastMetrics:
    """Metrics by stage; each stands at the minute in which its notification was accepted (docs/rollups.md)."""

    stage: str

    def sum_of(
        self, name: str, *, period: timedelta, label: str | None = None
    ) -> cloudwatch.Metric:
        """Return a count or an amount; what is published are differences, so only Sum means anything."""
        return self._metric(name, statistic="Sum", period=period, label=label)

    def maximum_of(self, name: str, *, period: timedelta) -> cloudwatch.Metric:
        """Return the highest value of a count that is no difference."""
        return self._metric(name, statistic="Maximum", period=period, label=None)

    def latency(self, percentile: str, *, period: timedelta) -> cloudwatch.Metric:
        """Return the milliseconds from acceptance to delivery, at a percentile such as p95."""
        return self._metric(
            "DeliveryLatency", statistic=percentile, period=period, label=percentile
        )

    def delivered_percent(
        self, *, period: timedelta, enough: int = 1, otherwise: str = ""
    ) -> cloudwatch.MathExpression:
        """Return the share of ended messages that were delivered.

        With fewer than *enough* ended it is *otherwise*, or no data where that is empty.
        """
        share = "100 * delivered / (delivered + undelivered)"
        known = f"delivered + undelivered >= {enough}"
        return cloudwatch.MathExpression(
            expression=f"IF({known}, {share}{', ' + otherwise if otherwise else ''})",
            using_metrics={
                "delivered": self.sum_of("Delivered", period=period),
                "undelivered": self.sum_of("Undelivered", period=period),
            },
            label="delivered, %",
            period=duration(period),
        )

    def _metric(
        self, name: str, *, statistic: str, period: timedelta, label: str | None
    ) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map={"stage": self.stage},
            statistic=statistic,
            period=duration(period),
            label=label,
        )
