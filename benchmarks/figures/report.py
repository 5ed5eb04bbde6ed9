"""Print the goals and figures as the tables of docs/performance.md. Used by `make bench`."""

from collections.abc import Iterator, Mapping
from datetime import date

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.figures.goals import Goal
from benchmarks.findings import CallCounts, CountedAll, Timed, TimedAll
from benchmarks.life import Life
from benchmarks.release import Release
from ordercast.operations.forecast.month import Month
from ordercast.operations.forecast.usage import write_units
from ordercast.settings.stage import StageSettings

MILLI = 1e3
MICRO = 1e6


def show(
    console: Console, goals: list[Goal], counted: CountedAll, timed: TimedAll, *, today: date
) -> None:
    """Print them as Markdown, for a terminal and a page."""
    console.print(f"{today}, batches of {counted.texts.orders.count} orders, 10 ms a call\n")
    for table in (_goals(goals), _calls(counted), _times(timed), _reading(timed), _units(counted)):
        console.print(table)


def show_costs(console: Console, stage: StageSettings, months: list[Month]) -> None:
    """Print AWS's charges of a month."""
    columns = ("write units a text", "by the month, $", "by the text, $", "all, $ a thousand")
    table = _table("texts a day", *columns)
    for each in months:
        table.add_row(
            f"{each.a_day:,}",
            f"{write_units(stage, a_day=each.a_day):.1f}",
            f"{each.all.fixed:,.2f}",
            f"{each.all.variable:,.2f}",
            f"{each.a_thousand:.4f}",
        )
    console.print(table)


def show_release(console: Console, release: Release) -> None:
    """Print what the release of deferred messages takes, by the message and in a morning."""
    columns = ("calls a message", "µs CPU a message", "units a message", "units a second")
    table = _table(f"{release.messages:,} released", *columns)
    for kind in ("table", "index"):
        table.add_row(
            f"ledger, {kind}",
            f"{release.a_message:.2f}",
            f"{release.cpu * MICRO:.0f}",
            f"{release.units[kind] / release.messages:.1f}",
            f"{release.units_a_second(kind):,.0f}",
        )
    console.print(table)


def _goals(goals: list[Goal]) -> Table:
    table = _table("what", "goal", "measured", "met")
    for goal in goals:
        met = "[green]yes[/]" if goal.is_met else "[red]no[/]"
        table.add_row(goal.what, goal.limit_text, goal.measured, met)
    return table


def _calls(counted: CountedAll) -> Table:
    table = _table("batch", "relay", "round trips", "sender", "round trips", "calls a message")
    for name, each in _batches(counted):
        table.add_row(
            name,
            _by_operation(each.relay.calls),
            str(each.relay.round_trips),
            _by_operation(each.send.calls),
            str(each.send.round_trips),
            f"{each.a_message:.2f}",
        )
    return table


def _batches(counted: CountedAll) -> Iterator[tuple[str, CallCounts]]:
    yield "a text each", counted.texts
    yield "a text each, contact in the event too", counted.texts_with_contact
    yield "an e-mail each", counted.emails
    yield "a text and an e-mail each", counted.both
    yield "a text each, one call at a time", counted.plain


def _times(timed: TimedAll) -> Table:
    table = _table("a text each", "relay, ms", "sender, ms", "relay, µs CPU", "sender, µs CPU")
    rows: Mapping[str, Timed] = {"Ordercast": timed.texts, "one call at a time": timed.plain}
    for name, each in rows.items():
        table.add_row(
            name,
            *(f"{step.wall * MILLI:.0f}" for step in (each.relay, each.send)),
            *(f"{step.cpu / each.orders.count * MICRO:.0f}" for step in (each.relay, each.send)),
        )
    return table


def _reading(timed: TimedAll) -> Table:
    table = _table("an order out of an aggregate, and parsed", "µs CPU")
    usual = "aws-kinesis-agg's iterator, json, pydantic"
    for name, each in {"Ordercast": timed.reading.ours, usual: timed.reading.usual}.items():
        table.add_row(name, f"{each * MICRO:.1f}")
    return table


def _units(counted: CountedAll) -> Table:
    lives = (counted.delivered, counted.carrier_only, counted.looked_at)
    columns = ("write units", "carrier's word alone", "waited until a look")
    table = _table("item on the ledger", "largest, bytes", *columns)
    for kind in counted.delivered.units:
        size = counted.delivered.largest.get(kind)
        table.add_row(kind, str(size or ""), *(_units_of(life, kind) for life in lives))
    table.add_row("all", "", *(f"{life.total:.1f}" for life in lives))
    return table


def _units_of(life: Life, kind: str) -> str:
    return f"{life.units.get(kind, 0):.1f}"


def _by_operation(calls: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(calls.items()))


def _table(*columns: str) -> Table:
    table = Table(box=box.MARKDOWN)
    first, *others = columns
    table.add_column(first)
    for column in others:
        table.add_column(column)
    return table
