"""Plot delivery rates by channel and hour of acceptance. Used by the report."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from ordercast.operations.report import svg
from ordercast.operations.report.moments import (
    dates,
    from_first_to_last,
    place_among,
    shown,
    step_of,
)
from ordercast.operations.report.plot import CHANNELS, LEGEND, AmountsByKey, Plot
from ordercast.operations.report.svg import Point, Tick
from ordercast.operations.units import NONE, count, percent
from ordercast.rollups.statistics import Figures, by

Rates = Mapping[tuple[str, str], Figures]
"""By moment and channel; only where something was delivered or failed."""


def rates(buckets: AmountsByKey) -> Plot | None:
    """Draw it by hour, or by day if there are too many hours."""
    step = step_of(buckets)
    found: Rates = {
        (str(moment), str(channel)): figures
        for (moment, channel), figures in by(buckets, [step, "channel"]).items()
        if figures.delivery_rate is not None
    }
    if not found:
        return None
    moments = from_first_to_last({moment for moment, _ in found}, step)
    floor = _floor(found)
    series = {channel: _points(found, moments, channel, floor) for channel in CHANNELS}
    return Plot(
        name="rates",
        title=f"Delivery rate by channel and {step}",
        says="How many messages arrived, of those that arrived, failed or bounced, by the "
        f"{step} (UTC) in which they were accepted. The scale begins at {floor * 100:.0f} %.",
        drawing=svg.lines(series, x=dates(moments), y=_levels(floor)),
        columns=[f"{step} (UTC)", *(f"{each}: rate" for each in CHANNELS.values())],
        rows=_table(found, moments),
        legend=LEGEND,
        marked=True,
        wide=True,
    )


def _points(
    found: Rates, moments: Sequence[str], channel: str, floor: Decimal
) -> list[Point | None]:
    points: list[Point | None] = []
    for place, moment in enumerate(moments):
        figures = found.get((moment, channel))
        if figures is None or figures.delivery_rate is None:
            points.append(None)
            continue
        y = float((figures.delivery_rate - floor) / (1 - floor))
        says = f"{shown(moment)}: {_rate(figures)}"
        points.append(Point(x=place_among(place, moments), y=y, says=says))
    return points


def _table(found: Rates, moments: Sequence[str]) -> list[list[str]]:
    rates_by = {key: _rate(figures) for key, figures in found.items()}
    return [
        [shown(moment), *(rates_by.get((moment, channel), NONE) for channel in CHANNELS)]
        for moment in moments
        if any((moment, channel) in rates_by for channel in CHANNELS)
    ]


def _rate(figures: Figures) -> str:
    ended = figures.delivered + figures.undelivered
    return f"{percent(figures.delivery_rate)} of {count(ended)}"


def _floor(found: Rates) -> Decimal:
    """Return the begin of the scale, so that high rates can be told apart."""
    lowest = min(figures.delivery_rate or Decimal() for figures in found.values())
    return next(each for each in _FLOORS if each <= lowest)


_FLOORS = tuple(map(Decimal, ("0.9", "0.8", "0.5", "0")))


def _levels(floor: Decimal) -> list[Tick]:
    steps = 5 if floor in {Decimal("0.5"), Decimal("0.9")} else 4
    shares = [Decimal(place) / steps for place in range(steps + 1)]
    return [Tick(float(s), f"{(floor + (1 - floor) * s) * 100:.0f} %") for s in shares]
