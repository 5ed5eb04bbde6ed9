"""Plot the latency of each step. Used by the report."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import log10

from ordercast.operations.report import svg
from ordercast.operations.report.plot import CHANNELS, LEGEND, AmountsByKey, Plot, channels
from ordercast.operations.report.svg import PlotPoint, Tick
from ordercast.operations.units import length
from ordercast.rollups.statistics import Figures, Step

SHARES = (0.5, 0.95, 0.99)

Latency = tuple[str, str, list[timedelta]]
"""The name of a step, a channel, and the percentiles."""


def latencies(buckets: AmountsByKey) -> Plot | None:
    """Draw p50, p95 and p99 of each step, on a logarithmic scale."""
    rows = [row for channel, each in channels(buckets).items() for row in _rows(channel, each)]
    if not rows:
        return None
    scale = _scale([took for *_, all_ in rows for took in all_])
    drawn = [_span(row, scale) for row in sorted(rows, key=lambda row: _ORDER.index(row[0]))]
    return Plot(
        name="latencies",
        title="How long it took",
        says="From the event until it was accepted, from there to the provider, from there to the "
        "handset; and in all. Half took no longer than the first mark, 95 % than the second and "
        "99 % than the third. Each step of the scale is ten times the last.",
        drawing=svg.spans(drawn, _ticks(scale)),
        columns=["step", "p50", "p95", "p99"],
        rows=[[f"{CHANNELS[channel]}, {name}", *map(length, took)] for name, channel, took in rows],
        legend=LEGEND,
        marked=True,
    )


STEPS: tuple[tuple[Step, str], ...] = (
    ("accepted", "accepted"),
    ("sent", "to provider"),
    ("delivered", "to handset"),
    ("in_all", "in all"),
)
_ORDER = [name for _, name in STEPS]


def _rows(channel: str, figures: Figures) -> Iterator[Latency]:
    for step, name in STEPS:
        took = [figures.percentile(step, share) for share in SHARES]
        known = [each for each in took if each is not None]
        if known:
            yield name, channel, known


def _span(row: Latency, scale: tuple[float, float]) -> svg.PlotRow:
    name, channel, took = row
    whose = f"{CHANNELS[channel]}, {name}"
    points = [
        PlotPoint(
            share=_place(each, scale),
            kind=channel,
            says=f"{whose}: {share:.0%} within {length(each)}",
        )
        for share, each in zip(SHARES, took, strict=True)
    ]
    return svg.PlotRow(name=whose, value=_lengths(took), points=points)


def _lengths(all_: Sequence[timedelta]) -> str:
    """Write them in one line; a common unit is written once, to fit a phone."""
    said = [length(each) for each in all_]
    units = {each.rpartition(" ")[2] for each in said}
    if len(units) > 1:
        return " · ".join(said)
    return " · ".join([*(each.partition(" ")[0] for each in said[:-1]), said[-1]])


def _scale(all_: Sequence[timedelta]) -> tuple[float, float]:
    """Return both ends as powers of ten of seconds, at least one apart."""
    powers = [_power(each) for each in all_]
    low, high = min(powers), max(powers)
    return low - 0.1, max(high, low + 1) + 0.1


def _power(took: timedelta) -> float:
    # 0 has no logarithm; times are known to the millisecond.
    return log10(max(took.total_seconds(), 0.001))


def _place(took: timedelta, scale: tuple[float, float]) -> float:
    low, high = scale
    return (_power(took) - low) / (high - low)


def _ticks(scale: tuple[float, float]) -> list[Tick]:
    low, high = scale
    inside = [(label, each) for label, each in _LABELS if low <= _power(each) <= high]
    # Labels need room on a phone: every second one, if there are many.
    chosen = inside[:: 1 + len(inside) // 5]
    return [Tick(_place(each, scale), label) for label, each in chosen]


_LABELS = (
    ("1 ms", timedelta(milliseconds=1)),
    ("10 ms", timedelta(milliseconds=10)),
    ("100 ms", timedelta(milliseconds=100)),
    ("1 s", timedelta(seconds=1)),
    ("10 s", timedelta(seconds=10)),
    ("1 min", timedelta(minutes=1)),
    ("10 min", timedelta(minutes=10)),
    ("1 h", timedelta(hours=1)),
    ("10 h", timedelta(hours=10)),
    ("4 d", timedelta(days=4)),
    ("40 d", timedelta(days=40)),
)
