"""Groups of figures in, tables for a terminal of 80 columns out; every number has its unit."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from rich import box
from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from ordercast.operations.state_groups import count_by_group
from ordercast.operations.units import NONE, count, dollars, exact, length, percent, to_the_cent
from ordercast.rollups.statistics import Figures, Money, Step
from ordercast.sending.prices import price_list

Groups = Mapping[tuple[str | None, ...], Figures]

ALL = "all"


def stats_tables(dimensions: Sequence[str], groups: Groups, total: Figures) -> list[RenderableType]:
    """Return how many arrived, what stands beside the rate, how long it took, and the rules."""
    rows = _rows(groups, total)
    return [
        _table("Notifications", dimensions, _DELIVERY, _cells(rows, _delivery)),
        _table("Beside the rate: notifications", dimensions, _BESIDE, _cells(rows, _beside)),
        _table("How long it took at most, for that share", dimensions, _TOOK, _cells(rows, _took)),
        *_suppressed(total),
    ]


def cost_tables(dimensions: Sequence[str], groups: Groups, total: Figures) -> list[RenderableType]:
    """Return the sums, exactly, and in words what they are worth."""
    rows = _rows(groups, total)
    money = [figures.money for _, figures in rows]
    amounts = [amount for each in money for amount in _amounts(each)]
    written = exact(amounts)
    width = len(written) // len(rows)
    columns = [written[place::width] for place in range(width)]
    unpriced = [count(each.unpriced) for each in money]
    cells = zip((name for name, _ in rows), *columns, unpriced, strict=True)
    table = _table("Cost, US dollars", dimensions, _COST, [list(row) for row in cells])
    return [table, *map(_paragraph, _worth(total.money))]


def prices_as_of() -> str:
    """Return since when the prices hold that estimates are made with, the exceptions too."""
    prices = price_list()
    lines = {**prices.sms_part, "e-mail": prices.email}
    others = [f"{name}: {line.as_of}" for name, line in lines.items() if line.as_of]
    return "; ".join([prices.as_of, *others])


_DELIVERY = ("accepted", "sent", "delivered", "failed or\nbounced", "delivery\nrate")
_BESIDE = (
    "in\nflight",
    "with\ncarrier",
    "uncon-\nfirmed",
    "in\ndoubt",
    "de-\nferred",
    "sup-\npressed",
    "parked",
)
_TOOK = (
    "accepted\nto sent\np50",
    "\n\np95",
    "\n\np99",
    "event to\nhandset\np50",
    "\n\np95",
    "\n\np99",
)
_STEPS: tuple[Step, ...] = ("sent", "in_all")
_SHARES = (0.5, 0.95, 0.99)
_COST = (
    "reserved\nfor priced",
    "carrier",
    "difference",
    "estimated\nyet",
    "cost",
    "unpriced\nmessages",
)

Row = tuple[str, Figures]


def _rows(groups: Groups, total: Figures) -> list[Row]:
    rows = [(" · ".join(each or NONE for each in key) or ALL, f) for key, f in groups.items()]
    return rows if len(rows) == 1 else [*rows, (ALL, total)]


def _cells(rows: Sequence[Row], cells: Callable[[Figures], list[str]]) -> list[list[str]]:
    return [[name, *cells(figures)] for name, figures in rows]


def _delivery(figures: Figures) -> list[str]:
    counts = (figures.accepted, figures.sent, figures.delivered, figures.undelivered)
    return [*map(count, counts), percent(figures.delivery_rate)]


def _beside(figures: Figures) -> list[str]:
    return [count(n) for place, n in count_by_group(figures).items() if place not in _IN_THE_RATE]


_IN_THE_RATE = ("delivered", "undelivered")


def _took(figures: Figures) -> list[str]:
    return [length(figures.percentile(step, share)) for step in _STEPS for share in _SHARES]


def _amounts(money: Money) -> tuple[Decimal, ...]:
    return (
        money.priced_reserved,
        money.carrier,
        money.difference,
        money.estimate,
        money.cost,
    )


def _suppressed(total: Figures) -> list[RenderableType]:
    rules = [f"{rule} {count(n)}" for rule, n in total.suppressed_by.items()]
    return [_paragraph(f"Suppressed by rule: {', '.join(rules)}.")] if rules else []


def _worth(money: Money) -> list[str]:
    carrier = f"{dollars(money.carrier)} asked by carriers for {count(money.priced, 'message')}"
    estimate = f"{dollars(money.estimate)} estimated for {count(money.estimated)}"
    told = [
        f"Cost: {to_the_cent(money.cost)} USD, exactly {dollars(money.cost)}.",
        f"Of that {carrier}, {estimate}.",
        f"Reserved in all: {dollars(money.reserved)} USD.",
    ]
    if money.unpriced:
        told.append(
            f"Unpriced: {count(money.unpriced, 'message')} whose price nobody knows yet, in no sum."
        )
    if money.charges:
        told.append(
            f"Unattributed: {dollars(money.unattributed)} USD billed for "
            f"{count(money.charges, 'message')} that we know nothing of, in no sum above."
        )
    return [*told, f"Estimates are by the price list as of {prices_as_of()}."]


def _table(
    title: str,
    dimensions: Sequence[str],
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> Grid:
    grid = Grid(title=title, title_justify="left", title_style="", box=_BOX, padding=_GAP)
    grid.add_column(" · ".join(dimensions), overflow="fold", vertical="bottom")
    for place, each in enumerate(headings, start=1):
        words = [*each.split("\n"), *(row[place] for row in rows)]
        # The names give way first. Folded rather than cut: half a number is another number.
        width = max(map(len, words))
        grid.add_column(each, justify="right", overflow="fold", min_width=width)
    for place, row in enumerate(rows):
        last = place == len(rows) - 1 and len(rows) > 1
        grid.add_row(*map(Text, row), style="bold" if last else None)
        if place == len(rows) - 2:
            grid.add_section()
    return grid


_GAP = (0, 0, 0, 1)
_BOX = box.Box("    \n" * 2 + " -- \n" + "    \n" * 2 + " -- \n" + "    \n" * 2)


def _paragraph(words: str) -> RenderableType:
    return Text(words)
