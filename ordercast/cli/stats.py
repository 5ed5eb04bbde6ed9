"""Show rates, latencies and cost of a period, by dimension, as tables, JSON Lines or CSV. Used by analysts."""

import csv
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import RenderableType

from ordercast.cli.options import CloudName, Since, Stage, Until
from ordercast.cli.output.stats_tables import cost_tables, stats_tables
from ordercast.cli.output.terminal import console
from ordercast.operations.periods import Period, period
from ordercast.operations.stats_columns import COST, STATS, Column, Value
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.rollups.statistics import DIMENSIONS, Dimension, Figures, in_all
from ordercast.rollups.statistics import by as grouped
from ordercast.usage_error import UsageError
from ordercast.workflows.read_rollups import Buckets, rollups_between

Groups = Mapping[tuple[str | None, ...], Figures]
Tables = Callable[[Sequence[Dimension], Groups, Figures], Sequence[RenderableType]]

By = Annotated[str, typer.Option(help=f"Group by these, with commas: {', '.join(DIMENSIONS)}.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines, for programs.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="CSV, as docs/figures.md describes it.")]


def stats(
    by: By = "",
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,  # noqa: FBT002
    as_csv: AsCsv = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show delivery rates, latencies, and the notifications outside the rate."""
    query = _query(by, since, until, as_json=as_json, as_csv=as_csv)
    _show(query, target(stage, cloud).rollups(), STATS, stats_tables, _of_notifications)


def cost(
    by: By = "",
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,  # noqa: FBT002
    as_csv: AsCsv = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show the cost: reserved, by the receipts of carriers, and the difference."""
    query = _query(by, since, until, as_json=as_json, as_csv=as_csv)
    _show(query, target(stage, cloud).rollups(), COST, cost_tables, _of_money)


def dimensions(written: str) -> list[Dimension]:
    """Parse dimensions separated by commas. Raises `UsageError`."""
    named = dict.fromkeys(each.strip() for each in written.split(",") if each.strip())
    known = {str(each): each for each in DIMENSIONS}
    for name in named:
        if name not in known:
            raise UsageError(
                f"--by: {name} is not a dimension", hint=f"dimensions: {', '.join(DIMENSIONS)}"
            )
    return [known[name] for name in named]


def print_json(dimensions: Sequence[str], columns: Sequence[Column], groups: Groups) -> None:
    """Print one object for each group."""
    for key, figures in groups.items():
        named = dict(zip(dimensions, key, strict=True))
        print(json.dumps({**named, **_values(columns, figures)}, ensure_ascii=False))


def print_csv(dimensions: Sequence[str], columns: Sequence[Column], groups: Groups) -> None:
    """Print a line of names and one for each group; unknown values are empty, objects are JSON."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*dimensions, *(column.name for column in columns)])
    for key, figures in groups.items():
        values = _values(columns, figures).values()
        writer.writerow([*key, *(_cell(each) for each in values)])


def _cell(value: Value) -> Value:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    dimensions: Sequence[Dimension]
    period: Period
    as_json: bool
    as_csv: bool


def _query(by: str, since: str | None, until: str | None, *, as_json: bool, as_csv: bool) -> _Query:
    """Check the options before anything is read. Raises `UsageError`."""
    if as_json and as_csv:
        raise UsageError("choose one: --json or --csv")
    return _Query(
        dimensions=dimensions(by),
        period=period(since, until, now=datetime.now(UTC)),
        as_json=as_json,
        as_csv=as_csv,
    )


def _of_notifications(figures: Figures) -> bool:
    return bool(figures.notifications)


def _of_money(figures: Figures) -> bool:
    return bool(figures.sent or figures.money.charges)


def _show(
    query: _Query,
    rollups: Buckets,
    columns: Sequence[Column],
    tables: Tables,
    is_shown: Callable[[Figures], bool],
) -> None:
    buckets = rollups_between(rollups, query.period.since, query.period.until)
    total = in_all(buckets.values())
    found = grouped(buckets, query.dimensions)
    groups: Groups = {key: figures for key, figures in found.items() if is_shown(figures)}
    if not query.dimensions:
        # Without dimensions there is one line, also where nothing was counted.
        groups = {(): total}
    if query.as_json:
        print_json(query.dimensions, columns, groups)
    elif query.as_csv:
        print_csv(query.dimensions, columns, groups)
    else:
        console.print(f"Accepted {query.period}", style="bold")
        for each in tables(query.dimensions, groups, total):
            # The terminal wraps a line that is too long; nothing is cut off.
            console.print(each, crop=False, soft_wrap=False)


def _values(columns: Sequence[Column], figures: Figures) -> dict[str, Value]:
    return {column.name: column.exported(figures) for column in columns}
