"""Give CloudWatch once what it lacks of hours that have come to rest. Used by the verifier.

A function that ends between its commit and its metrics leaves a gap. What is under way to
CloudWatch looks like one: so an hour is looked at when its figures have not changed for longer than
CloudWatch takes to show what it has got. What it is given is recorded first: a run that ends then
leaves the gap, and none fills it twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from ordercast.embedded_metric_format import MetricSeries
from ordercast.reconciliation.metric_figures import HourFigures, SeriesFigures, lacking
from ordercast.rollups.rollup import Amounts, Contribution
from ordercast.workflows.ports import Clock
from ordercast.workflows.read_rollups import HOUR, HoursOfRollups, hours
from ordercast.workflows.reconcile.compare_metrics import Metrics

AT_REST = 74 * HOUR
"""All receipts are in, but for late complaints."""

SHOWN_AFTER = timedelta(days=4)
"""Data that is older than a day takes "at least 48 hours" to be shown (API reference, PutMetricData)."""

NOT_AFTER = timedelta(days=13)
"""CloudWatch refuses what is older than two weeks, and a day is left for the way."""

MOST = 24
"""So many hours are looked at in a run; three runs are made while one more becomes due."""


class KeptFigures(Protocol):
    """What was seen of each hour. Raises `LedgerUnavailable`."""

    def load(self, first: str, last: str) -> Mapping[str, HourFigures]:
        """Return what there is of the hours from *first* to *last*, by hour."""
        ...

    def save(self, figures: HourFigures) -> bool:
        """Put it in the place of the revision before it; answer whether nobody else was faster."""
        ...


FiguresOf = Callable[[Contribution], Iterable[tuple[MetricSeries, Amounts]]]
"""Turn what a bucket holds into figures of series."""


class FillMetricGaps(Struct, frozen=True, kw_only=True):
    """Note the figures of each hour at rest; look at CloudWatch when they have stayed the same.

    `series` are the names of the figures of each series, and `figures_of` computes them.
    """

    rollups: HoursOfRollups
    metrics: Metrics
    kept: KeptFigures
    series: Mapping[MetricSeries, Iterable[str]]
    figures_of: FiguresOf
    now: Clock

    def __call__(self) -> Iterator[HourFigures]:
        """Yield each hour with what CloudWatch is to be given of it now, and never again."""
        now = self.now()
        at_rest = hours(now - NOT_AFTER, now - AT_REST)
        known = self.kept.load(at_rest[0], at_rest[-1])
        for hour in _due(at_rest, known, now):
            seen, figures = known.get(hour), self._figures(hour)
            if seen is None or seen.figures != figures:
                revision = 1 + (seen.revision if seen else 0)
                self.kept.save(
                    HourFigures(hour=hour, figures=figures, since=now, revision=revision)
                )
                continue
            gaps = lacking(figures, self._measured(hour))
            filled = replace(seen, filled=gaps, revision=seen.revision + 1)
            if self.kept.save(filled) and gaps:
                yield filled

    def _figures(self, hour: str) -> dict[MetricSeries, dict[str, float]]:
        found = {series: dict.fromkeys(names, 0.0) for series, names in self.series.items()}
        for bucket, amounts in self.rollups.of_hours([hour]).items():
            for series, named in self.figures_of(Contribution(bucket=bucket, amounts=amounts)):
                for name, amount in named.items():
                    found[series][name] += float(amount)
        return {s: {n: round(each, 6) for n, each in named.items()} for s, named in found.items()}

    def _measured(self, hour: str) -> SeriesFigures:
        begun = datetime.fromisoformat(f"{hour}:00+00:00")
        found = {}
        for series, names in self.series.items():
            sums = self.metrics.by_hour(sorted(names), begun, begun + HOUR, series=series)
            found[series] = {name: by_hour.get(begun, 0.0) for name, by_hour in sums.items()}
        return found


def _due(at_rest: Sequence[str], known: Mapping[str, HourFigures], now: datetime) -> list[str]:
    """Return the hours to look at, the oldest first: nobody may fill them for much longer."""
    waiting = (
        hour
        for hour in at_rest
        if hour not in known
        or (known[hour].filled is None and known[hour].since <= now - SHOWN_AFTER)
    )
    return [hour for hour, _ in zip(waiting, range(MOST), strict=False)]
