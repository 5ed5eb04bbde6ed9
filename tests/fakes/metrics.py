"""CloudWatch's sums of a stage in memory, which a test sets, or which printed lines add to."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ordercast.embedded_metric_format import MetricSeries


@dataclass(slots=True)
class FakeMetrics:
    """`sums` are those of each metric by the hour in which they stand; of a series, under its own names."""

    sums: dict[str, dict[datetime, float]] = field(default_factory=dict)

    def by_hour(
        self,
        names: Sequence[str],
        since: datetime,
        until: datetime,
        *,
        series: MetricSeries = MetricSeries(),  # noqa: B008 (a value)
    ) -> Mapping[str, Mapping[datetime, float]]:
        found = {name: self.sums.get(_of(series, name), {}) for name in names}
        return {n: {at: s for at, s in f.items() if since <= at < until} for n, f in found.items()}

    def take(self, lines: Iterable[str]) -> None:
        """Add what lines in CloudWatch's embedded metric format say, but for lists of values."""
        for line in lines:
            document = json.loads(line)
            (metrics,) = document["_aws"]["CloudWatchMetrics"]
            at = datetime.fromtimestamp(document["_aws"]["Timestamp"] / 1000, UTC)
            hour = at.replace(minute=0, second=0, microsecond=0)
            (_, *others) = metrics["Dimensions"][0]  # the stage, and a series' own
            series = next((MetricSeries(n, document[n]) for n in others), MetricSeries())
            for name in (each["Name"] for each in metrics["Metrics"]):
                if not isinstance(document[name], list):
                    by_hour = self.sums.setdefault(_of(series, name), {})
                    by_hour[hour] = by_hour.get(hour, 0.0) + document[name]


def _of(series: MetricSeries, name: str) -> str:
    return f"{name} of {series.value}" if series.value else name
