"""Show the report's plots of any period and part of the messages, and the numbers as CSV. Used by the console."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from ordercast.cli.stats import dimensions, print_csv
from ordercast.console.rendering import shown, stage_of
from ordercast.console.routing import shows
from ordercast.operations.periods import Period, period
from ordercast.operations.report.page import plots, tiles
from ordercast.operations.report.shares import GROUP_NAMES
from ordercast.operations.report.svg import DISCS
from ordercast.operations.stats_columns import COST, STATS
from ordercast.rollups.rollup import Amounts, RollupKey
from ordercast.rollups.statistics import DIMENSIONS, by, whole
from ordercast.workflows.read_rollups import rollups_between

if TYPE_CHECKING:
    from ordercast.cli.output.stats_tables import Groups

PARTS = ("channel", "country", "template", "campaign", "shop")
"""What the messages can be narrowed to."""

VALUES_MAX = 200
"""How many values of a part can be chosen from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A period and what is chosen in it; `values` are those that the period has."""

    period: Period
    parts: Mapping[str, str]
    values: Mapping[str, list[str]]
    buckets: Mapping[RollupKey, Amounts]


def figures(request: Request) -> Response:
    """Show tiles and plots."""
    chosen = _chosen(request)
    asked = request.query_params
    total = whole(chosen.buckets)
    return shown(
        request,
        "figures.html",
        chosen=chosen,
        since=asked.get("since", ""),
        until=asked.get("until", ""),
        tiles=tiles(total),
        plots=plots(chosen.buckets),
        discs=DISCS,
        empty=not total.notifications,
        dimensions=DIMENSIONS,
        query=_query(chosen),
        drill=partial(_drill, chosen),
    )


def as_csv(request: Request) -> Response:
    """Return what `ordercast stats --csv` prints, or `cost` with `of=cost`."""
    chosen, named = _chosen(request), dimensions(request.query_params.get("by", ""))
    columns = COST if request.query_params.get("of") == "cost" else STATS
    all_: Groups = {(): whole(chosen.buckets)}
    groups: Groups = by(chosen.buckets, named) if named else all_
    file = StringIO()
    print_csv(named, columns, groups, file)
    headers = {"Content-Disposition": 'attachment; filename="ordercast.csv"'}
    return Response(file.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _chosen(request: Request) -> Chosen:
    stage, asked = stage_of(request), request.query_params
    when = period(asked.get("since") or None, asked.get("until") or None, now=stage.now())
    found = rollups_between(stage.where.rollups(), when.since, when.until)
    parts = {name: asked[name] for name in PARTS if asked.get(name)}
    return Chosen(
        period=when,
        parts=parts,
        values={name: _values(found, name) for name in PARTS},
        buckets={
            key: amounts
            for key, amounts in found.items()
            if all(getattr(key, name) == value for name, value in parts.items())
        },
    )


def _values(buckets: Mapping[RollupKey, Amounts], part: str) -> list[str]:
    known = {getattr(key, part) for key in buckets}
    return sorted(each for each in known if each)[:VALUES_MAX]


def _query(chosen: Chosen, **more: str) -> str:
    """Return the address of the list of the same messages, or of a part of them."""
    when = {"since": chosen.period.since.isoformat(), "until": chosen.period.until.isoformat()}
    return urlencode({**when, **chosen.parts, **more})


def _drill(chosen: Chosen, plot: str, row: str) -> str:
    """Return the list of what a row of a plot counts; empty where no list has just these."""
    if plot == "places":
        group = next((key for key, name in GROUP_NAMES.items() if name == row), "")
        return _query(chosen, state=group) if group else ""
    if plot == "suppressed":
        return _query(chosen, state="suppressed", rule=row)
    return _query(chosen, country=row) if plot == "costs" and len(row) == _CODE else ""


_CODE = 2  # letters of a country's

ROUTES = (shows("/figures", figures), shows("/figures.csv", as_csv))
