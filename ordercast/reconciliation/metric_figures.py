"""Say what an hour's figures were, and what CloudWatch was given of them. Used by `fill_metric_gaps`."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from ordercast.embedded_metric_format import MetricSeries

SeriesFigures = Mapping[MetricSeries, Mapping[str, float]]
"""Sums by series and name; dollars to a millionth."""


class HourFigures(Struct, frozen=True, kw_only=True):
    """The rollups' figures of an hour (UTC, `2026-03-02T09`), which have not changed `since` then.

    `filled` is what CloudWatch lacked and was given, once; None while nobody has looked.
    `revision` tells two who write at the same time apart.
    """

    hour: str
    figures: SeriesFigures
    since: datetime
    filled: SeriesFigures | None = None
    revision: int = 1


def lacking(figures: SeriesFigures, there: SeriesFigures) -> dict[MetricSeries, dict[str, float]]:
    """Return what is to be added to *there* so that it is as *figures*; what is right is left out."""
    found: dict[MetricSeries, dict[str, float]] = {}
    for series, named in figures.items():
        for name, figure in named.items():
            gap = round(figure - there.get(series, {}).get(name, 0.0), 6)
            if gap:
                found.setdefault(series, {})[name] = gap
    return found
