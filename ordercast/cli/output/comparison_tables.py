"""Draw the tables of `ordercast stats --compare` for a terminal of 80 columns. Used by the command line."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from ordercast.cli.output.stats_tables import ALL, BOX, GAP, shown
from ordercast.operations.stats_columns import SHARE, STATS, Column
from ordercast.operations.stats_comparison import Compared, ComparedFigures
from ordercast.operations.units import NONE, count

_TABLES: Mapping[str, tuple[str, str]] = {
    "Notifications, and how many of them arrived": ("accepted", "delivery_rate"),
    "Bounces and complaints, of e-mails": ("bounce_rate", "complaint_rate"),
    "Longest time for half, and for 95 %": ("event_to_delivered_p50", "event_to_delivered_p95"),
}
_HEADINGS = {
    "accepted": "accepted",
    "delivery_rate": "delivery\nrate",
    "bounce_rate": "bounce\nrate",
    "complaint_rate": "complaint\nrate",
    "event_to_delivered_p50": "event to\nhandset, p50",
    "event_to_delivered_p95": "event to\nhandset, p95",
}


def comparison_tables(
    dimensions: Sequence[str], groups: Compared, total: ComparedFigures
) -> list[RenderableType]:
    """Return both periods side by side, with a line of sums, and failures and suppressions by reason."""
    rows = [(" · ".join(each or NONE for each in key) or ALL, f) for key, f in groups.items()]
    rows = rows if len(rows) == 1 else [*rows, (ALL, total)]
    columns = {column.name: column for column in STATS}
    tables: list[RenderableType] = [
        _table(title, dimensions, [columns[name] for name in names], rows)
        for title, names in _TABLES.items()
    ]
    for title, now, before in (
        ("Failed or bounced, by reason", total.now.failed_for, total.before.failed_for),
        ("Suppressed, by rule", total.now.suppressed_by, total.before.suppressed_by),
    ):
        if now or before:
            tables.append(_by_reason(title, now, before))
    return tables


def changed(change: Decimal | None, unit: str) -> str:
    """Return a difference with its sign and unit."""
    if change is None:
        return NONE
    return f"{change:+} {'points' if unit == SHARE else '%'}"


def _table(
    title: str,
    dimensions: Sequence[str],
    columns: Sequence[Column],
    rows: Sequence[tuple[str, ComparedFigures]],
) -> Grid:
    grid = _grid(title, " · ".join(dimensions))
    for column in columns:
        for heading in (_HEADINGS[column.name], "before", "change"):
            grid.add_column(heading, justify="right", overflow="fold")
    for place, (name, figures) in enumerate(rows):
        cells = [cell for column in columns for cell in _cells(column, figures)]
        _add(grid, [name, *cells], place=place, of=len(rows))
    return grid


def _cells(column: Column, figures: ComparedFigures) -> list[str]:
    now, before = column.of(figures.now), column.of(figures.before)
    return [shown(now), shown(before), changed(figures.change(column), column.unit)]


def _by_reason(title: str, now: Mapping[str, int], before: Mapping[str, int]) -> Grid:
    grid = _grid(title, "")
    for heading in ("now", "before", "change"):
        grid.add_column(heading, justify="right", overflow="fold")
    reasons = sorted(now.keys() | before.keys(), key=lambda each: (-now.get(each, 0), each))
    rows = [(reason, now.get(reason, 0), before.get(reason, 0)) for reason in reasons]
    rows.append((ALL, sum(now.values()), sum(before.values())))
    for place, (reason, new, old) in enumerate(rows):
        share = f"{Decimal(new - old) / old * 100:+.1f} %" if old else NONE
        _add(grid, [reason, count(new), count(old), share], place=place, of=len(rows))
    return grid


def _grid(title: str, first: str) -> Grid:
    grid = Grid(title=title, title_justify="left", title_style="", box=BOX, padding=GAP)
    grid.add_column(first, overflow="fold", vertical="bottom")
    return grid


def _add(grid: Grid, cells: Sequence[str], *, place: int, of: int) -> None:
    """Add a row; the last of several is the sum, below a line."""
    last = place == of - 1 and of > 1
    grid.add_row(*map(Text, cells), style="bold" if last else None)
    if place == of - 2:
        grid.add_section()
