"""Draw plots as inline SVG whose text keeps its size at any width. Used by the report.

Nothing is scaled: horizontal positions are percentages, vertical ones pixels. Only lines are in a
stretched nested SVG, with strokes that do not stretch. Colours are the page's, by class.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup, escape

from ordercast.notifications.channels import CHANNELS

DISCS = frozenset(str(name) for name, traits in CHANNELS.items() if traits.marker == "disc")
"""The classes whose marker is a disc; those of the others are squares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotPoint:
    """A part of a bar, or a point in a row: a share (0 to 1) of the width, a class and a tooltip."""

    share: float
    kind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotRow:
    """A row: its name on the left, its number on the right, its points below."""

    name: str
    value: str
    points: Sequence[PlotPoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point in a plot, from 0 to 1 to the right and upwards, with its tooltip."""

    x: float
    y: float
    says: str


class Tick(NamedTuple):
    """A place on an axis, from 0 to 1, and its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The shapes of a plot, and its height in pixels."""

    shapes: Sequence[Markup]
    height: int
    kind: str = ""

    def named(self, name: str, title: str, says: str) -> Markup:
        """Return the picture with its title and description; *name* is its id on its page."""
        return tag(
            "svg",
            tag("title", title, id=f"{name}-title"),
            tag("desc", says, id=f"{name}-desc"),
            *self.shapes,
            role="img",
            aria_labelledby=f"{name}-title {name}-desc",
            class_=f"plot {self.kind}".rstrip(),
            height=self.height,
        )


def bars(rows: Sequence[PlotRow]) -> Drawing:
    """Draw one bar a row; its parts are side by side."""
    return Drawing(shapes=_in_rows(_bar, rows), height=len(rows) * _ROW)


def spans(rows: Sequence[PlotRow], ticks: Sequence[Tick]) -> Drawing:
    """Draw rows of connected points on one scale."""
    height = len(rows) * _ROW
    drawn = [*_upright(ticks, height=height), *_in_rows(_span, rows)]
    return Drawing(shapes=drawn, height=height + _BOTTOM)


def lines(
    series: Mapping[str, Sequence[Point | None]], *, x: Sequence[Tick], y: Sequence[Tick]
) -> Drawing:
    """Draw a line a class, with gaps where a point is None, and markers unless there are too many."""
    drawn = [*_level(y), *_upright(x, height=_LINES)]
    drawn += [part for kind, points in series.items() for part in _line(kind, points)]
    # Labels are in a left margin, which the style sheet leaves.
    return Drawing(shapes=drawn, height=_LINES + _BOTTOM, kind="framed")


def tag(element: str, *children: str, **attributes: object) -> Markup:
    """Return an element; text among its children is escaped, and `_` in a name stands for `-`."""
    words = Markup("").join(
        Markup(' {}="{}"').format(Markup(name.rstrip("_").replace("_", "-")), value)  # noqa: S704
        for name, value in attributes.items()
    )
    inner = Markup("").join(escape(child) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(element), words, inner)  # noqa: S704


_ROW, _THICK = 46, 14  # pixels: a row of bars, and a bar
_LINES, _BOTTOM = 190, 26  # of a plot of lines, and of the labels below an axis
_MANY = 60  # points in a line: more markers would hide it


def _in_rows(
    draw: Callable[[PlotRow, int], Iterable[Markup]], rows: Sequence[PlotRow]
) -> list[Markup]:
    return [
        part
        for place, row in enumerate(rows)
        for part in (*_words(row, place * _ROW), *draw(row, place * _ROW))
    ]


def _bar(row: PlotRow, top: int) -> Iterable[Markup]:
    yield tag("rect", x=0, y=top + 22, width="100%", height=_THICK, class_="track")
    left = 0.0
    for each in row.points:
        shape = {"x": _percent(left), "width": _percent(each.share)}
        says = tag("title", each.says)
        yield tag("rect", says, y=top + 22, height=_THICK, class_=each.kind, **shape)
        left += each.share


def _span(row: PlotRow, top: int) -> Iterable[Markup]:
    first, *_, last = row.points
    ends = {"x1": _percent(first.share), "x2": _percent(last.share)}
    yield tag("line", y1=top + 30, y2=top + 30, class_=f"between {first.kind}", **ends)
    for size, each in enumerate(row.points, start=4):
        yield _marker(each, top + 30, size=size)


def _words(row: PlotRow, top: int) -> Iterable[Markup]:
    """Write a row's name and value; on a phone a long name is shortened in the middle."""
    room = min(_LETTERS - len(row.value), _NAME)
    name = row.name
    if len(name) > room:
        name = f"{name[: room // 2]}…{name[-(room // 2 - 1) :]}"
    yield tag("text", name, tag("title", row.name), x=0, y=top + 15, class_="name")
    yield tag("text", row.value, x="100%", y=top + 15, class_="value")


_LETTERS, _NAME = 41, 28


def _line(kind: str, points: Sequence[Point | None]) -> Iterable[Markup]:
    runs = _runs(points)
    paths = Markup("").join(
        tag(
            "polyline",
            points=" ".join(f"{p.x * 1000:.1f},{(1 - p.y) * 1000:.1f}" for p in run),
            vector_effect="non-scaling-stroke",
            class_=f"line {kind}",
        )
        for run in runs
    )
    box = {"viewBox": "0 0 1000 1000", "preserveAspectRatio": "none"}
    yield tag("svg", paths, width="100%", height=_LINES, overflow="visible", **box)
    there = [each for run in runs for each in run]
    alone = [run[0] for run in runs if len(run) == 1]
    for p in there if len(there) <= _MANY else alone:
        yield _marker(PlotPoint(share=p.x, kind=kind, says=p.says), (1 - p.y) * _LINES, size=4)


def _runs(points: Sequence[Point | None]) -> list[list[Point]]:
    runs: list[list[Point]] = [[]]
    for each in points:
        if each is None:
            runs.append([])
        else:
            runs[-1].append(each)
    return [run for run in runs if run]


def _marker(point: PlotPoint, y: float, *, size: int) -> Markup:
    """Draw a marker whose shape tells series apart: a disc or a square."""
    tooltip, x = tag("title", point.says), _percent(point.share)
    if point.kind in DISCS:
        return tag("circle", tooltip, cx=x, cy=f"{y:.1f}", r=size, class_=point.kind)
    shape = {"x": -size, "y": -size, "width": 2 * size, "height": 2 * size}
    square = tag("rect", tooltip, class_=point.kind, **shape)
    # A transform takes no percentage; a nested SVG does.
    return tag("svg", square, x=x, y=f"{y:.1f}", overflow="visible", width=1, height=1)


def _level(ticks: Sequence[Tick]) -> Iterable[Markup]:
    for tick in ticks:
        y = f"{(1 - tick.at) * _LINES:.1f}"
        yield tag("line", x1=0, x2="100%", y1=y, y2=y, class_="grid")
        yield tag("text", tick.label, x="-8", y=y, class_="tick left")


def _upright(ticks: Sequence[Tick], *, height: int) -> Iterable[Markup]:
    for tick in ticks:
        x = _percent(tick.at)
        yield tag("line", x1=x, x2=x, y1=0, y2=height, class_="grid")
        side = "start" if tick.at < _EDGE else "end" if tick.at > 1 - _EDGE else "middle"
        yield tag("text", tick.label, x=x, y=height + 18, class_=f"tick {side}")


_EDGE = 0.1


def _percent(share: float) -> str:
    return f"{share * 100:.3f}%"
