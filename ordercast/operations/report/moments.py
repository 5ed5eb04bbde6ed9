"""Lay hours or days out from left to right, and name them. Used by the plots over time."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from ordercast.operations.report.svg import Tick
from ordercast.rollups.rollup import RollupKey
from ordercast.rollups.statistics import Dimension

_HOURS = 10 * 24


def step_of(buckets: Iterable[RollupKey]) -> Dimension:
    """Return whether to draw by the hour, or by the day because there are too many hours."""
    return "hour" if len({bucket.hour for bucket in buckets}) <= _HOURS else "day"


def from_first_to_last(moments: Collection[str], step: Dimension) -> list[str]:
    """Return all moments from first to last, including those without figures."""
    ends = (min(moments), max(moments))
    first, last = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in ends)
    width = timedelta(hours=1) if step == "hour" else timedelta(days=1)
    written = len(min(moments))
    count_ = (last - first) // width + 1
    return [(first + place * width).isoformat()[:written] for place in range(count_)]


def place_among(place: int, moments: Sequence[str]) -> float:
    """Return the position of a moment, between the edges."""
    return (place + 0.5) / len(moments)


def dates(moments: Sequence[str]) -> list[Tick]:
    """Label the first, the middle and the last: there is room for three on a phone."""
    chosen = sorted({0, len(moments) // 2, len(moments) - 1})
    return [Tick(place_among(each, moments), shown(moments[each])) for each in chosen]


def shown(moment: str) -> str:
    """Return `03-02 09:00` of an hour, `2026-03-02` of a day."""
    return f"{moment[5:10]} {moment[11:]}:00" if "T" in moment else moment
