"""Show rates, latencies and cost of a period, by dimension, as tables, JSON Lines or CSV. Used by analysts."""

import csv
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, TextIO

import typer
from rich.console import RenderableType

from ordercast.cli.options import AsCsv, AsJson, CloudName, Since, Stage, Until
from ordercast.cli.output.stats_tables import Groups, cost_tables, stats_tables
from ordercast.cli.output.terminal import console
from ordercast.operations.periods import period
from ordercast.operations.stats_columns import COST, STATS, Column, Value
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.rollups.statistics import DIMENSIONS, Dimension, Figures, in_all
from ordercast.rollups.statistics import by as grouped
from ordercast.usage_error import UsageError
from ordercast.workflows.read_rollups import rollups_between

StatsTables = Callable[[Sequence[Dimension], Groups, Figures], Sequence[RenderableType]]

By = Annotated[str, typer.Option(help=f"Group by these, with commas: {', '.join(DIMENSIONS)}.")]


def _command(
    help_: str, columns: Sequence[Column], tables: StatsTables, is_shown: Callable[[Figures], bool]
) -> Callable[..., None]:
    """Return a command that shows *columns* of the groups that *is_shown* tells."""

    def command(
        by: By = "",
        since: Since = None,
        until: Until = None,
        as_json: AsJson = False,  # noqa: FBT002
        as_csv: AsCsv = False,  # noqa: FBT002
        stage: Stage = LOCAL_STAGE,
        cloud: CloudName = None,
    ) -> None:
        if as_json and as_csv:
            raise UsageError("choose one: --json or --csv")
        wanted, when = dimensions(by), period(since, until, now=datetime.now(UTC))
        buckets = rollups_between(target(stage, cloud).rollups(), when.since, when.until)
        total = in_all(buckets.values())
        found = grouped(buckets, wanted)
        groups: Groups = {key: figures for key, figures in found.items() if is_shown(figures)}
        if not wanted:
            # Without dimensions there is one line, also where nothing was counted.
            groups = {(): total}
        if as_json:
            print_json(wanted, columns, groups)
        elif as_csv:
            print_csv(wanted, columns, groups)
        else:
            console.print(f"Accepted {when}", style="bold")
            for each in tables(wanted, groups, total):
                # The terminal wraps a line that is too long; nothing is cut off.
                console.print(each, crop=False, soft_wrap=False)

    command.__doc__ = help_
    return command


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


def print_csv(
    dimensions: Sequence[str],
    columns: Sequence[Column],
    groups: Groups,
    file: TextIO | None = None,
) -> None:
    """Print a line of names and one for each group; unknown values are empty, objects are JSON."""
    writer = csv.writer(file or sys.stdout, lineterminator="\n")
    writer.writerow([*dimensions, *(column.name for column in columns)])
    for key, figures in groups.items():
        values = _values(columns, figures).values()
        writer.writerow([*key, *(_cell(each) for each in values)])


def _cell(value: Value) -> Value:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value


def _values(columns: Sequence[Column], figures: Figures) -> dict[str, Value]:
    return {column.name: column.exported(figures) for column in columns}


stats = _command(
    "Show delivery rates, latencies, and the notifications outside the rate.",
    STATS,
    stats_tables,
    lambda figures: bool(figures.notifications),
)
cost_of_period = _command(
    "Show the cost: reserved, by the receipts of carriers, and the difference.",
    COST,
    cost_tables,
    lambda figures: bool(figures.sent or figures.money.charges),
)
"""Used by `ordercast cost`."""
