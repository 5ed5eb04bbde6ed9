"""Draw plots as inline SVG whose text keeps its size at any width. Used by the report.

Nothing is scaled: horizontal positions are percentages, vertical ones pixels. Only lines are in a
stretched nested SVG, with strokes that do not stretch. Colours are the page's, by class.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a bar: its share (0 to 1) of the plot's width, its class and its tooltip."""

    share: float
    kind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row: its name on the left, its number on the right, the parts of its bar below."""

    name: str
    value: str
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point in a plot, from 0 to 1 to the right and upwards, with its tooltip."""

    x: float
    y: float
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotSeries:
    """A line with gaps where a point is None. *kind* is its class and marker."""

    kind: str
    points: Sequence[Point | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A row of points on one scale, its name on the left, its value on the right."""

    name: str
    value: str
    kind: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A place on an axis, from 0 to 1, and its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Labels to the right along the bottom, and upwards."""

    x: Sequence[Tick]
    y: Sequence[Tick] = field(default=())


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


def bars(rows: Sequence[Bar]) -> Drawing:
    """Draw one bar a row."""
    drawn = [part for place, row in enumerate(rows) for part in _bar(row, top=place * _ROW)]
    return Drawing(shapes=drawn, height=len(rows) * _ROW)


def lines(series: Sequence[PlotSeries], axes: Axes) -> Drawing:
    """Draw lines over common axes, with markers unless there are too many."""
    drawn = [*_grid(axes, height=_LINES), *(each for one in series for each in _line(one))]
    # Labels are in a left margin, which the style sheet leaves.
    return Drawing(shapes=drawn, height=_LINES + _BOTTOM, kind="framed")


def spans(rows: Sequence[Span], axes: Axes) -> Drawing:
    """Draw rows of connected points on one scale."""
    height = len(rows) * _ROW
    drawn = [*_upright(axes.x, height=height)]
    drawn += [part for place, row in enumerate(rows) for part in _span(row, top=place * _ROW)]
    return Drawing(shapes=drawn, height=height + _BOTTOM)


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


def _bar(row: Bar, *, top: int) -> Iterable[Markup]:
    yield from _words(row, top=top)
    yield tag("rect", x=0, y=top + 22, width="100%", height=_THICK, class_="track")
    left = 0.0
    for each in row.segments:
        shape = {"x": _percent(left), "width": _percent(each.share)}
        says = tag("title", each.says)
        yield tag("rect", says, y=top + 22, height=_THICK, class_=each.kind, **shape)
        left += each.share


def _span(row: Span, *, top: int) -> Iterable[Markup]:
    middle = top + 30
    yield from _words(row, top=top)
    ends = {"x1": _percent(row.points[0].x), "x2": _percent(row.points[-1].x)}
    yield tag("line", y1=middle, y2=middle, class_=f"between {row.kind}", **ends)
    for place, each in enumerate(row.points):
        yield _marker(each.x, middle, row.kind, each.says, size=4 + place)


def _words(row: Bar | Span, *, top: int) -> Iterable[Markup]:
    """Write a row's name and value; on a phone a long name is shortened in the middle."""
    room = min(_LETTERS - len(row.value), _NAME)
    name = row.name
    if len(name) > room:
        name = f"{name[: room // 2]}…{name[-(room // 2 - 1) :]}"
    yield tag("text", name, tag("title", row.name), x=0, y=top + 15, class_="name")
    yield tag("text", row.value, x="100%", y=top + 15, class_="value")


_LETTERS, _NAME = 41, 28


def _line(series: PlotSeries) -> Iterable[Markup]:
    paths = Markup("").join(
        tag(
            "polyline",
            points=" ".join(f"{p.x * 1000:.1f},{(1 - p.y) * 1000:.1f}" for p in run),
            vector_effect="non-scaling-stroke",
            class_=f"line {series.kind}",
        )
        for run in _runs(series.points)
    )
    box = {"viewBox": "0 0 1000 1000", "preserveAspectRatio": "none"}
    yield tag("svg", paths, width="100%", height=_LINES, overflow="visible", **box)
    there = [each for each in series.points if each]
    alone = [run[0] for run in _runs(series.points) if len(run) == 1]
    for each in there if len(there) <= _MANY else alone:
        yield _marker(each.x, (1 - each.y) * _LINES, series.kind, each.says, size=4)


def _runs(points: Sequence[Point | None]) -> list[list[Point]]:
    runs: list[list[Point]] = [[]]
    for each in points:
        if each is None:
            runs.append([])
        else:
            runs[-1].append(each)
    return [run for run in runs if run]


def _marker(x: float, y: float, kind: str, says: str, *, size: int) -> Markup:
    """Draw a marker whose shape tells series apart: a disc, or a square for e-mail."""
    tooltip = tag("title", says)
    if kind != "email":
        return tag("circle", tooltip, cx=_percent(x), cy=f"{y:.1f}", r=size, class_=kind)
    shape = {"x": -size, "y": -size, "width": 2 * size, "height": 2 * size}
    square = tag("rect", tooltip, class_=kind, **shape)
    # A transform takes no percentage; a nested SVG does.
    return tag("svg", square, x=_percent(x), y=f"{y:.1f}", overflow="visible", width=1, height=1)


def _grid(axes: Axes, *, height: int) -> Iterable[Markup]:
    for tick in axes.y:
        y = f"{(1 - tick.at) * height:.1f}"
        yield tag("line", x1=0, x2="100%", y1=y, y2=y, class_="grid")
        yield tag("text", tick.label, x="-8", y=y, class_="tick left")
    yield from _upright(axes.x, height=height)


def _upright(ticks: Sequence[Tick], *, height: int) -> Iterable[Markup]:
    for tick in ticks:
        x = _percent(tick.at)
        yield tag("line", x1=x, x2=x, y1=0, y2=height, class_="grid")
        side = "start" if tick.at < _EDGE else "end" if tick.at > 1 - _EDGE else "middle"
        yield tag("text", tick.label, x=x, y=height + 18, class_=f"tick {side}")


_EDGE = 0.1


def _percent(share: float) -> str:
    return f"{share * 100:.3f}%"
