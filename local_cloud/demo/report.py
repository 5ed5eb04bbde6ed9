"""Print the result of a demo in 80 columns, with or without colour. Used by `ordercast demo`."""

from collections.abc import Mapping
from decimal import Decimal
from textwrap import fill

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from local_cloud.demo.comparison import FIGURES, Comparison
from local_cloud.demo.day import RecordKind
from local_cloud.demo.outcome import MEMORY_LIMIT, DemoOutcome
from local_cloud.inbox import SentMessage
from ordercast.operations.units import count, length, percent, to_the_cent
from ordercast.rollups.statistics import Figures, Step

RIGHT, WRONG = "[bold green]✓[/]", "[bold red]✗[/]"


def print_outcome(outcome: DemoOutcome, console: Console) -> None:
    """Print the records, the counts, the cost, the latency, and whether all of it is right."""
    console.print()
    if outcome.example:
        console.print(_message(outcome.example))
    console.print(_records(outcome))
    console.print()
    console.print(_counts(outcome.comparison))
    console.print()
    for name, text in _summary(outcome).items():
        console.print(_summary_line(name, text), markup=False, soft_wrap=True)
    console.print()
    for right, text in _verdicts(outcome):
        console.print(RIGHT if right else WRONG, Text(text), soft_wrap=True)


def _message(message: SentMessage) -> Panel:
    title = f"one of them: sms to {message.to}"
    return Panel(Text(message.text), title=title, title_align="left", width=_WIDTH)


_WIDTH = 78


def _records(outcome: DemoOutcome) -> Table:
    """Show how many records of each kind were put, and how many the pipeline found."""
    table = _table(f"put on the stream, {outcome.aggregated:,} in aggregates", "put", "found")
    for kind in RecordKind:
        put, found = outcome.put.get(kind, 0), outcome.records[kind]
        table.add_row(_KINDS[kind], f"{put:,}", f"{found:,}", _mark(put == found))
    whole = sum(outcome.put.values())
    found = outcome.verified.records.records
    table.add_row("records in all", f"{whole:,}", f"{found:,}", _mark(whole == found))
    return table


_KINDS = {
    RecordKind.ACCEPTED: "order events, accepted",
    RecordKind.DUPLICATE: "put again: duplicates",
    RecordKind.STALE: "older than the order's status: stale",
    RecordKind.PARKED: "malformed: parked with a reason",
}


def _counts(comparison: Comparison) -> Table:
    """Show the counts side by side."""
    table = _table("results", *comparison.counts)
    for figure, name in FIGURES.items():
        values = comparison.values_of(figure)
        cells = [_amount(figure, values.get(who)) for who in comparison.counts]
        table.add_row(name, *cells, _mark(comparison.agree_on(figure)))
    return table


def _table(what: str, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, min_width=_WIDTH)
    table.add_column(what)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", width=1)
    return table


def _amount(figure: str, amount: Decimal | None) -> str:
    if amount is None:
        return "·"
    return f"{amount:,.5f}" if figure == "cost" else f"{amount:,.0f}"


def _mark(right: bool) -> str:  # noqa: FBT001
    return RIGHT if right else WRONG


def _summary(outcome: DemoOutcome) -> dict[str, str]:
    figures, money = outcome.figures, outcome.figures.money
    return {
        "delivery rate": f"{percent(figures.delivery_rate)} of delivered and failed",
        "second Region": f"{count(outcome.away, 'text')} went there while the first refused connections",
        "cost": f"{to_the_cent(money.cost)} USD (simulated prices): texts "
        f"{to_the_cent(money.carrier)}, e-mails {to_the_cent(money.estimate)}",
        "event to handset": _percentiles(figures, "in_all"),
        "  to the ledger": _percentiles(figures, "accepted"),
        "  to the provider": _percentiles(figures, "sent"),
        "  to the handset": _percentiles(figures, "delivered"),
        "memory, at most": _memory(outcome.memory),
    }


def _summary_line(name: str, text: str) -> str:
    return fill(
        f"{name:<{_NAMES}}{text}", _WIDTH, subsequent_indent=" " * _NAMES, break_on_hyphens=False
    )


_NAMES = 18  # columns


def _percentiles(figures: Figures, step: Step) -> str:
    times = {share: figures.percentile(step, share) for share in (0.5, 0.95, 0.99)}
    return "   ".join(f"p{share * 100:.0f} {length(took):>7}" for share, took in times.items())


def _memory(peaks: Mapping[str, int]) -> str:
    if not peaks:
        return "not known on this system"
    sizes = ", ".join(f"{name} {round(peak / 2**20)}" for name, peak in peaks.items())
    return f"MiB of {MEMORY_LIMIT // 2**20}: {sizes}"


def _verdicts(outcome: DemoOutcome) -> list[tuple[bool, str]]:
    comparison, verified = outcome.comparison, outcome.verified
    verdicts = []
    if comparison.disagreements:
        outliers = " and ".join(comparison.outliers)
        about = ", ".join(comparison.disagreements)
        verdicts.append((False, f"The four counts differ in {about}; different: {outliers}"))
    else:
        verdicts.append((True, "Four independent counts agree, to the last cent."))
    if outcome.mistaken:
        verdicts.append((False, f"The numbers of records differ: {', '.join(outcome.mistaken)}."))
    if verified.is_right:
        said = count(verified.found.notifications, "notification")
        verdicts.append((True, f"ordercast verify: the rollups are right ({said})."))
    else:
        verdicts.append((False, "ordercast verify: the rollups are not right."))
    if outcome.too_large:
        verdicts.append((False, f"More memory than 512 MiB: {', '.join(outcome.too_large)}"))
    return verdicts
