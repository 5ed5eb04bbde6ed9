"""Refer to the metrics that a stage publishes. Used by the alarms and the dashboard."""

from dataclasses import dataclass
from datetime import timedelta

from aws_cdk import aws_cloudwatch as cloudwatch

from ordercast.embedded_metric_format import NAMESPACE, SLOTS_USED
from pipeline.constructs.conversions import duration

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdercastMetrics:
    """Metrics by stage; each stands at the minute in which its notification was accepted (docs/rollups.md)."""

    stage: str

    def metric(
        self,
        name: str,
        *,
        period: timedelta,
        statistic: str = "Sum",
        label: str | None = None,
        **dimensions: str,
    ) -> cloudwatch.Metric:
        """Return a metric: of counts and amounts only Sum means anything, for differences are published."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=name,
            dimensions_map={"stage": self.stage, **dimensions},
            statistic=statistic,
            period=duration(period),
            label=label,
        )

    def rate_percent(
        self, channel: str, *, limit: int, period: timedelta
    ) -> cloudwatch.MathExpression:
        """Return how much of *limit*, a channel's units a second, its senders drew."""
        return cloudwatch.MathExpression(
            expression=f"100 * {channel}_slots / {limit * period.total_seconds():.0f}",
            using_metrics={
                f"{channel}_slots": self.metric(SLOTS_USED, period=period, channel=channel)
            },
            label=channel,
            period=duration(period),
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
                "delivered": self.metric("Delivered", period=period),
                "undelivered": self.metric("Undelivered", period=period),
            },
            label="delivered, %",
            period=duration(period),
        )
