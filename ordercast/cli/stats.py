"""Show rates, latencies and cost of a period, by dimension, as tables, JSON Lines or CSV. Used by analysts."""

import csv
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TextIO

import typer
from rich.console import RenderableType

from ordercast.cli.options import AsCsv, AsJson, CloudName, Since, Stage, Until
from ordercast.cli.output.comparison_tables import comparison_tables
from ordercast.cli.output.stats_tables import Groups, cost_tables, stats_tables
from ordercast.cli.output.terminal import console
from ordercast.operations.periods import Period, period
from ordercast.operations.stats_columns import COST, STATS, Column, Value
from ordercast.operations.stats_comparison import (
    Compared,
    ComparedFigures,
    period_before,
    side_by_side,
)
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.rollups.statistics import DIMENSIONS, Dimension, Figures, whole
from ordercast.rollups.statistics import by as grouped
from ordercast.usage_error import UsageError
from ordercast.workflows.read_rollups import Buckets, rollups_between

StatsTables = Callable[[Sequence[Dimension], Groups, Figures], Sequence[RenderableType]]

By = Annotated[str, typer.Option(help=f"Group by these, with commas: {', '.join(DIMENSIONS)}.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsRequest:
    """What is asked for: the dimensions, the period, the form, and where."""

    wanted: Sequence[Dimension]
    when: Period
    as_json: bool
    as_csv: bool
    rollups: Buckets

    @classmethod
    def of(
        cls,
        by: str,
        since: str | None,
        until: str | None,
        *,
        as_json: bool,
        as_csv: bool,
        stage: str,
        cloud: str | None,
    ) -> "StatsRequest":
        """Read the options. Raises `UsageError`."""
        if as_json and as_csv:
            raise UsageError("choose one: --json or --csv")
        wanted, when = dimensions(by), period(since, until, now=datetime.now(UTC))
        rollups = target(stage, cloud).rollups()
        return cls(wanted=wanted, when=when, as_json=as_json, as_csv=as_csv, rollups=rollups)

    def figures(self, when: Period, is_shown: Callable[[Figures], bool]) -> tuple[Groups, Figures]:
        """Return the figures of each group of a period, and of all together."""
        buckets = rollups_between(self.rollups, when.since, when.until)
        total, found = whole(buckets), grouped(buckets, self.wanted)
        groups = {key: figures for key, figures in found.items() if is_shown(figures)}
        # Without dimensions there is one line, also where nothing was counted.
        return (groups if self.wanted else {(): total}), total


def stats(
    by: By = "",
    since: Since = None,
    until: Until = None,
    compare: Annotated[  # noqa: FBT002
        bool, typer.Option("--compare", help="Beside the figures of the period before.")
    ] = False,
    as_json: AsJson = False,  # noqa: FBT002
    as_csv: AsCsv = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show delivery rates, bounces, latencies, and the notifications outside the rate."""
    asked = StatsRequest.of(
        by, since, until, as_json=as_json, as_csv=as_csv, stage=stage, cloud=cloud
    )
    if compare:
        _compare(asked)
    else:
        _show(asked, STATS, stats_tables, _is_counted)


def cost_of_period(
    by: By = "",
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,  # noqa: FBT002
    as_csv: AsCsv = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show the cost: reserved, by the receipts of carriers, and the difference. Used by `ordercast cost`."""
    asked = StatsRequest.of(
        by, since, until, as_json=as_json, as_csv=as_csv, stage=stage, cloud=cloud
    )
    _show(asked, COST, cost_tables, lambda each: bool(each.sent or each.money.charges))


def _is_counted(figures: Figures) -> bool:
    return bool(figures.notifications)


def _show(
    asked: StatsRequest,
    columns: Sequence[Column],
    tables: StatsTables,
    is_shown: Callable[[Figures], bool],
) -> None:
    groups, total = asked.figures(asked.when, is_shown)
    if asked.as_json:
        print_json(asked.wanted, columns, groups)
    elif asked.as_csv:
        print_csv(asked.wanted, columns, groups)
    else:
        _print_tables(f"Accepted {asked.when}", tables(asked.wanted, groups, total))


def _compare(asked: StatsRequest) -> None:
    if moments := sorted({"hour", "day"} & {*map(str, asked.wanted)}):
        hint = f"leave {moments[0]} out of --by"
        raise UsageError("--compare: no hour or day is in both periods", hint=hint)
    earlier = period_before(asked.when, now=datetime.now(UTC))
    now, total = asked.figures(asked.when, _is_counted)
    before, total_before = asked.figures(earlier, _is_counted)
    groups = side_by_side(now, before)
    if asked.as_json:
        print_compared_json(asked.wanted, groups)
    elif asked.as_csv:
        print_compared_csv(asked.wanted, groups)
    else:
        whole_ = ComparedFigures(now=total, before=total_before)
        title = f"Accepted {asked.when},\nbeside {earlier}"
        _print_tables(title, comparison_tables(asked.wanted, groups, whole_))


def _print_tables(title: str, tables: Sequence[RenderableType]) -> None:
    console.print(title, style="bold")
    for each in tables:
        # The terminal wraps a line that is too long; nothing is cut off.
        console.print(each, crop=False, soft_wrap=False)


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


def print_compared_json(dimensions: Sequence[str], groups: Compared) -> None:
    """Print one object for each group: the figures now, those before, and the differences."""
    for key, figures in groups.items():
        named = dict(zip(dimensions, key, strict=True))
        values = {**named, **_values(STATS, figures.now), **_beside(figures)}
        print(json.dumps(values, ensure_ascii=False))


def print_compared_csv(dimensions: Sequence[str], groups: Compared) -> None:
    """Print a line of names and one for each group; a figure is followed by that before and the difference."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    names = [f"{c.name}{ending}" for c in STATS for ending in ("", "_before", "_change")]
    writer.writerow([*dimensions, *names])
    for key, figures in groups.items():
        now, beside = _values(STATS, figures.now), _beside(figures)
        triples = ((now[c.name], beside["before"][c.name], beside["change"][c.name]) for c in STATS)
        writer.writerow([*key, *(_cell(each) for triple in triples for each in triple)])


def _beside(figures: ComparedFigures) -> dict[str, dict[str, Value]]:
    changes = {column.name: figures.change(column) for column in STATS}
    return {
        "before": _values(STATS, figures.before),
        "change": {n: None if each is None else float(each) for n, each in changes.items()},
    }
