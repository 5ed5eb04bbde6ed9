"""Draw the tables of `ordercast stats` and `ordercast cost` for a terminal of 80 columns. Used by the command line."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import chain

from rich import box
from rich.console import RenderableType
from rich.table import Table as Grid
from rich.text import Text

from ordercast.notifications.channels import CHANNELS
from ordercast.operations.stats_columns import (
    COST,
    DOLLARS,
    NOTIFICATIONS,
    SECONDS,
    STATS,
    Column,
    Measure,
)
from ordercast.operations.units import NONE, count, dollars, exact, length, percent, to_the_cent
from ordercast.rollups.statistics import Figures, Spend
from ordercast.sending.prices import price_list

Groups = Mapping[tuple[str | None, ...], Figures]

ALL = "all"


def stats_tables(dimensions: Sequence[str], groups: Groups, total: Figures) -> list[RenderableType]:
    """Return the delivery rate, the notifications outside it, the e-mails' bounces, the latencies, and the reasons."""
    rows = _rows(groups, total)
    headed = [column for column in STATS if column.heading]
    outside = [column.name for column in headed].index("delivery_rate") + 1
    tables = {
        "Notifications": headed[:outside],
        "Outside the rate: notifications": [
            each
            for each in headed[outside:]
            if each.unit == NOTIFICATIONS and each.name not in _OF_EMAILS
        ],
        "Bounces and complaints, of e-mails": [each for each in headed if each.name in _OF_EMAILS],
        "Longest time for 50 %, 95 % and 99 %": [each for each in headed if each.unit == SECONDS],
    }
    drawn = [_table(title, dimensions, columns, rows) for title, columns in tables.items()]
    return [*drawn, *_by_reason(total)]


_OF_EMAILS = ("bounced", "bounce_rate", "complained", "complaint_rate")


def cost_tables(dimensions: Sequence[str], groups: Groups, total: Figures) -> list[RenderableType]:
    """Return the sums, unrounded, and sentences that explain them."""
    headed = [column for column in COST if column.heading]
    table = _table("Cost, US dollars", dimensions, headed, _rows(groups, total))
    return [table, *map(Text, _explained(total.money))]


def prices_as_of() -> str:
    """Return the dates of the prices that estimates are made with, exceptions included."""
    prices = price_list()
    by_country = [lines.items() for lines in prices.parts.values()]
    by_plan = [
        (f"{CHANNELS[channel].label}, plan {plan}", line)
        for channel, plans in prices.messages.items()
        for plan, line in plans.items()
    ]
    lines = [*chain(*by_country), *by_plan]
    others = [f"{name}: {line.as_of}" for name, line in lines if line.as_of]
    return "; ".join([prices.as_of, *others])


Row = tuple[str, Figures]


def _rows(groups: Groups, total: Figures) -> list[Row]:
    rows = [(" · ".join(each or NONE for each in key) or ALL, f) for key, f in groups.items()]
    return rows if len(rows) == 1 else [*rows, (ALL, total)]


def _cells(columns: Sequence[Column], rows: Sequence[Row]) -> list[list[str]]:
    """Return the cells by column; all US dollars get as many decimal places as any of them needs."""
    values = [[column.of(figures) for _, figures in rows] for column in columns]
    money = [each.unit == DOLLARS for each in columns]
    amounts = [v for each, usd in zip(values, money, strict=True) if usd for v in each]
    written = iter(exact(each for each in amounts if isinstance(each, Decimal)))
    return [
        [next(written) if usd else shown(value) for value in each]
        for each, usd in zip(values, money, strict=True)
    ]


def shown(value: Measure) -> str:
    """Return a value with its unit, for a person."""
    if isinstance(value, int):
        return count(value)
    if isinstance(value, timedelta):
        return length(value)
    return percent(value) if isinstance(value, Decimal) else NONE


def _by_reason(total: Figures) -> list[RenderableType]:
    """Return what failed and what was suppressed, by reason, with its sum."""
    found = {"Failed or bounced": total.failed_for, "Suppressed by rule": total.suppressed_by}
    return [
        Text(
            f"{name}: {', '.join(f'{why} {count(n)}' for why, n in reasons.items())}; "
            f"{count(sum(reasons.values()))} in all."
        )
        for name, reasons in found.items()
        if reasons
    ]


def _explained(money: Spend) -> list[str]:
    carrier = f"{dollars(money.carrier)} by receipts for {count(money.priced, 'message')}"
    estimate = f"{dollars(money.estimate)} estimated for {count(money.estimated)}"
    sentences = [
        f"Cost: {to_the_cent(money.cost)} USD, exactly {dollars(money.cost)}.",
        f"Of that {carrier}, {estimate}.",
        f"Reserved in all: {dollars(money.reserved)} USD.",
    ]
    if money.unpriced:
        sentences.append(
            f"Unpriced: {count(money.unpriced, 'message')} without a known price, in no sum."
        )
    if money.charges:
        sentences.append(
            f"Unattributed: {dollars(money.unattributed)} USD charged for "
            f"{count(money.charges, 'message')} of no known notification, in no sum above."
        )
    return [*sentences, f"Estimates are by the price list as of {prices_as_of()}."]


def _table(
    title: str, dimensions: Sequence[str], columns: Sequence[Column], rows: Sequence[Row]
) -> Grid:
    grid = Grid(title=title, title_justify="left", title_style="", box=BOX, padding=GAP)
    grid.add_column(" · ".join(dimensions), overflow="fold", vertical="bottom")
    cells = _cells(columns, rows)
    for column, values in zip(columns, cells, strict=True):
        # Names are folded first: a number that is cut off is another number.
        width = max(map(len, [*column.heading.split("\n"), *values]))
        grid.add_column(column.heading, justify="right", overflow="fold", min_width=width)
    for place, (name, *values) in enumerate(zip((name for name, _ in rows), *cells, strict=True)):
        last = place == len(rows) - 1 and len(rows) > 1
        grid.add_row(*map(Text, (name, *values)), style="bold" if last else None)
        if place == len(rows) - 2:
            grid.add_section()
    return grid


GAP = (0, 0, 0, 1)
BOX = box.Box("    \n" * 2 + " -- \n" + "    \n" * 2 + " -- \n" + "    \n" * 2)
