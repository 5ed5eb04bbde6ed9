"""Refer to the metrics that a stage publishes. Used by the alarms and the dashboard."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from aws_cdk import aws_cloudwatch as cloudwatch

from ordercast.embedded_metric_format import (
    DECIDED,
    DECIDED_LATE,
    NAMESPACE,
    PROCESSING_TIME,
    SEND_ERRORS,
    SLOTS_USED,
)
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
        self, channel: str, *, period: timedelta, enough: int = 1, otherwise: str = ""
    ) -> cloudwatch.MathExpression:
        """Return the share of a channel's ended messages that were delivered.

        With fewer than *enough* ended it is *otherwise*, or no data where that is empty.
        """
        delivered, undelivered = f"{channel}_delivered", f"{channel}_undelivered"
        return _where(
            f"{delivered} + {undelivered} >= {enough}",
            f"100 * {delivered} / ({delivered} + {undelivered})",
            otherwise,
            metrics={
                delivered: self.metric("Delivered", period=period, channel=channel),
                undelivered: self.metric("Undelivered", period=period, channel=channel),
            },
            label=channel,
            period=period,
        )

    def processing_ms(
        self, channel: str, *, period: timedelta, enough: int = 1, otherwise: str = ""
    ) -> cloudwatch.MathExpression:
        """Return the p95 of a channel's processing time; *enough* as for `delivered_percent`, of calls."""
        took, calls = f"{channel}_took", f"{channel}_calls"
        return _where(
            f"{calls} >= {enough}",
            took,
            otherwise,
            metrics={
                took: self._processing(channel, "p95", period),
                calls: self._processing(channel, "SampleCount", period),
            },
            label=channel,
            period=period,
        )

    def error_percent(
        self, channel: str, *, period: timedelta, enough: int = 1, otherwise: str = ""
    ) -> cloudwatch.MathExpression:
        """Return the share of a channel's calls that did not take their message."""
        errors, calls = f"{channel}_errors", f"{channel}_calls"
        return _where(
            f"{calls} >= {enough}",
            f"100 * {errors} / {calls}",
            otherwise,
            metrics={
                errors: self.metric(SEND_ERRORS, period=period, channel=channel),
                calls: self._processing(channel, "SampleCount", period),
            },
            label=channel,
            period=period,
        )

    def decided_percent(
        self, *, period: timedelta, enough: int = 1, otherwise: str = ""
    ) -> cloudwatch.MathExpression:
        """Return the share of events that were decided about within a minute of their arrival."""
        return _where(
            f"decided >= {enough}",
            "100 * (decided - late) / decided",
            otherwise,
            metrics={
                "decided": self.metric(DECIDED, period=period),
                "late": self.metric(DECIDED_LATE, period=period),
            },
            label="decided within a minute",
            period=period,
        )

    def _processing(self, channel: str, statistic: str, period: timedelta) -> cloudwatch.Metric:
        return self.metric(PROCESSING_TIME, statistic=statistic, period=period, channel=channel)


def _where(
    known: str,
    share: str,
    otherwise: str,
    *,
    metrics: Mapping[str, cloudwatch.IMetric],
    label: str,
    period: timedelta,
) -> cloudwatch.MathExpression:
    """Return *share* where *known* holds; else *otherwise*, or no data where that is empty."""
    return cloudwatch.MathExpression(
        expression=f"IF({known}, {share}{', ' + otherwise if otherwise else ''})",
        using_metrics=dict(metrics),
        label=label,
        period=duration(period),
    )
