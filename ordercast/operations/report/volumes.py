"""Plot how many messages there were by channel and hour. Used by the report."""

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
from ordercast.operations.units import count
from ordercast.rollups.statistics import by


def volumes(buckets: AmountsByKey) -> Plot | None:
    """Draw it by hour, or by day if there are too many hours."""
    step = step_of(buckets)
    found = {
        (str(moment), str(channel)): figures.accepted
        for (moment, channel), figures in by(buckets, [step, "channel"]).items()
        if figures.accepted
    }
    if not found:
        return None
    moments = from_first_to_last({moment for moment, _ in found}, step)
    top = _top(max(found.values()))
    return Plot(
        name="volumes",
        title=f"Messages by {step}",
        says=f"How many were accepted to be sent, by the {step} (UTC).",
        drawing=svg.lines(
            {channel: _points(found, moments, channel, top) for channel in CHANNELS},
            x=dates(moments),
            y=[Tick(place / 4, count(top * place // 4)) for place in range(5)],
        ),
        columns=[f"{step} (UTC)", *CHANNELS.values()],
        rows=[
            [shown(moment), *(count(found.get((moment, each), 0)) for each in CHANNELS)]
            for moment in moments
        ],
        legend=LEGEND,
        marked=True,
        wide=True,
    )


def _points(
    found: dict[tuple[str, str], int], moments: list[str], channel: str, top: int
) -> list[Point | None]:
    counts = [found.get((moment, channel), 0) for moment in moments]
    if not any(counts):
        return []
    return [
        Point(
            x=place_among(place, moments),
            y=number / top,
            says=f"{shown(moments[place])}: {count(number)} {LEGEND[channel]}",
        )
        for place, number in enumerate(counts)
    ]


def _top(most: int) -> int:
    """Return the end of the scale: a round number of which a quarter is whole."""
    size = 4
    while True:
        for factor in (1, 2, 3, 4, 5, 6, 8):
            if most <= size * factor:
                return size * factor
        size *= 10
