"""A question of figures in, by whatever dimensions, of a period; a table, JSON Lines or CSV out."""

import csv
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import RenderableType

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.stats_tables import cost_tables, stats_tables
from ordercast.cli.output.terminal import console
from ordercast.operations.periods import Period, Since, Until, period
from ordercast.operations.stats_columns import COST, STATS, Column, Value
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.rollups.statistics import DIMENSIONS, Dimension, Figures, in_all
from ordercast.rollups.statistics import by as grouped
from ordercast.usage_error import UsageError
from ordercast.workflows.read_rollups import Buckets, rollups_between

Groups = Mapping[tuple[str | None, ...], Figures]
Tables = Callable[[Sequence[Dimension], Groups, Figures], Sequence[RenderableType]]

By = Annotated[str, typer.Option(help=f"One line for each of these: {', '.join(DIMENSIONS)}.")]
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
    """Show delivery rates, how long it took, and what stands beside the rate."""
    asked = _question(by, since, until, as_json=as_json, as_csv=as_csv)
    _answer(asked, target(stage, cloud).rollups(), STATS, stats_tables, _of_notifications)


def cost(
    by: By = "",
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,  # noqa: FBT002
    as_csv: AsCsv = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show what it cost: reserved, asked by carriers, and the difference."""
    asked = _question(by, since, until, as_json=as_json, as_csv=as_csv)
    _answer(asked, target(stage, cloud).rollups(), COST, cost_tables, _of_money)


def dimensions(written: str) -> list[Dimension]:
    """Return the dimensions that words between commas name. Raises `UsageError`."""
    named = dict.fromkeys(each.strip() for each in written.split(",") if each.strip())
    known = {str(each): each for each in DIMENSIONS}
    for name in named:
        if name not in known:
            raise UsageError(f"--by: nothing is kept by {name}", hint=f"by {', '.join(DIMENSIONS)}")
    return [known[name] for name in named]


def print_json(dimensions: Sequence[str], columns: Sequence[Column], groups: Groups) -> None:
    """Print one object a line."""
    for key, figures in groups.items():
        named = dict(zip(dimensions, key, strict=True))
        print(json.dumps({**named, **_values(columns, figures)}, ensure_ascii=False))


def print_csv(dimensions: Sequence[str], columns: Sequence[Column], groups: Groups) -> None:
    """Print a line of names and one a group; what is unknown is empty, and an object is JSON."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*dimensions, *(column.name for column in columns)])
    for key, figures in groups.items():
        values = _values(columns, figures).values()
        writer.writerow([*key, *(_cell(each) for each in values)])


def _cell(value: Value) -> Value:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    dimensions: Sequence[Dimension]
    period: Period
    as_json: bool
    as_csv: bool


def _question(
    by: str, since: str | None, until: str | None, *, as_json: bool, as_csv: bool
) -> _Question:
    """Understand it before anything is read. Raises `UsageError`."""
    if as_json and as_csv:
        raise UsageError("say one of them: --json, or --csv")
    return _Question(
        dimensions=dimensions(by),
        period=period(since, until, now=datetime.now(UTC)),
        as_json=as_json,
        as_csv=as_csv,
    )


def _of_notifications(figures: Figures) -> bool:
    return bool(figures.notifications)


def _of_money(figures: Figures) -> bool:
    return bool(figures.sent or figures.money.charges)


def _answer(
    asked: _Question,
    rollups: Buckets,
    columns: Sequence[Column],
    tables: Tables,
    concerns: Callable[[Figures], bool],
) -> None:
    buckets = rollups_between(rollups, asked.period.since, asked.period.until)
    total = in_all(buckets.values())
    found = grouped(buckets, asked.dimensions)
    groups: Groups = {key: figures for key, figures in found.items() if concerns(figures)}
    if not asked.dimensions:
        # Of all together there is one line, also where there is nothing.
        groups = {(): total}
    if asked.as_json:
        print_json(asked.dimensions, columns, groups)
    elif asked.as_csv:
        print_csv(asked.dimensions, columns, groups)
    else:
        console.print(f"Accepted {asked.period}", style="bold")
        for each in tables(asked.dimensions, groups, total):
            # A line that is too long is wrapped by the terminal; we cut nothing off.
            console.print(each, crop=False, soft_wrap=False)


def _values(columns: Sequence[Column], figures: Figures) -> dict[str, Value]:
    return {column.name: column.of(figures) for column in columns}
