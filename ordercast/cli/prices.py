"""The commands `ordercast prices` and `prices check`: the price list, and what receipts say of it. Used by operators."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table as Grid
from rich.text import Text

from ordercast.cli.options import AsJson, CloudName, Stage, Until
from ordercast.cli.output.terminal import console
from ordercast.operations.periods import period
from ordercast.operations.price_comparison import (
    ListedPrice,
    PriceComparison,
    compared,
    listed_prices,
)
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.operations.units import NONE, count, percent
from ordercast.wiring.send import pricing_of
from ordercast.workflows.read_rollups import rollups_between

prices = typer.Typer(
    name="prices", help="The price list, and how far carriers' receipts are from it."
)


@prices.callback(invoke_without_command=True)
def list_prices(
    context: typer.Context,
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show what a part of a text and an e-mail cost, and what is open on a stage, in US dollars.

    `ordercast prices check` compares the list with receipts.
    """
    if context.invoked_subcommand:
        return
    listed = list(listed_prices(pricing_of(target(stage, cloud).settings)))
    if as_json:
        _print_json(map(_listed_fields, listed))
    else:
        _show_list(listed)


@prices.command()
def check(
    since: Annotated[
        str, typer.Option(help="Accepted from then on, in UTC: 24h, 7d, or a date.")
    ] = "28d",
    until: Until = None,
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Compare the list with receipts of the last weeks by country; status 1 if something is to be changed."""
    where, when = target(stage, cloud), period(since, until, now=datetime.now(UTC))
    buckets = rollups_between(where.rollups(), when.since, when.until)
    found = compared(buckets, pricing_of(where.settings))
    if as_json:
        _print_json(map(_compared_fields, found))
    else:
        console.print(f"Accepted {when}", style="bold")
        _show_comparison(found)
    if any(each.change for each in found):
        raise typer.Exit(1)


def _show_list(listed: Sequence[ListedPrice]) -> None:
    sources = list(dict.fromkeys(each.source for each in listed if each.source))
    grid = _grid("", "price", "fee", "ceiling", "open", "as of, source")
    for each in listed:
        source = f"{each.as_of} [{sources.index(each.source) + 1}]" if each.source else NONE
        money = (_usd(each.price), _usd(each.fee), _usd(each.ceiling))
        is_open = "yes" if each.is_open else "no"
        grid.add_row(f"{each.channel} {each.to}", *money, is_open, Text(source))
    console.print("Prices of a part of a text, and of an e-mail, US dollars", style="bold")
    console.print(grid)
    for number, source in enumerate(sources, start=1):
        console.print(Text(f"[{number}] {source}"))


def _show_comparison(found: Sequence[PriceComparison]) -> None:
    if not found:
        console.print("No receipt named a price, so there is nothing to compare.")
        return
    grid = _grid("", "parts", "list", "receipts", "difference", "over ceiling")
    for each in found:
        shown = (_usd(each.listed), _usd(each.charged), percent(each.difference))
        name = f"{each.channel} {each.country}"
        grid.add_row(name, count(each.parts), *shown, count(each.over_price))
    console.print(grid)
    for each in found:
        if each.change:
            console.print(Text(f"{each.country}: {each.change}"))


def _grid(*headings: str) -> Grid:
    grid = Grid(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in headings:
        words = heading in {"", "open", "as of, source"}
        grid.add_column(heading, justify="left" if words else "right", no_wrap=True)
    return grid


def _listed_fields(each: ListedPrice) -> dict[str, Any]:
    return {
        "channel": each.channel,
        "to": each.to,
        "price_usd": _exact(each.price),
        "fee_usd": _exact(each.fee),
        "ceiling_usd": _exact(each.ceiling),
        "open": each.is_open,
        "as_of": each.as_of or None,
        "source": each.source or None,
    }


def _compared_fields(each: PriceComparison) -> dict[str, Any]:
    difference = each.difference
    return {
        "channel": each.channel,
        "country": each.country,
        "parts": each.parts,
        "list_usd": _exact(each.listed),
        "receipts_usd": _exact(each.charged),
        "difference": None if difference is None else round(float(difference), 6),
        "ceiling_usd": _exact(each.ceiling),
        "over_price": each.over_price,
        "change": each.change,
    }


def _print_json(lines: Iterable[dict[str, Any]]) -> None:
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))


def _exact(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _usd(amount: Decimal | None) -> str:
    return NONE if amount is None else f"{amount:.5f}"
