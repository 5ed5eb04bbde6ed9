"""Plot bars: funnel, state groups, cost and suppression rules. Used by the report."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from ordercast.operations.report import svg
from ordercast.operations.report.plot import CHANNELS, Buckets, Plot, channels
from ordercast.operations.report.svg import Bar, Segment
from ordercast.operations.state_groups import count_by_group
from ordercast.operations.units import count, exact, percent
from ordercast.rollups.statistics import Figures, Spend, by, in_all


def funnel(buckets: Buckets) -> Plot | None:
    """Draw how many notifications reached each step."""
    found = channels(buckets)
    total = sum(each.notifications for each in found.values())
    if not total:
        return None
    rows: list[tuple[str, Mapping[str, int]]] = [
        (name, {channel: number(each) for channel, each in found.items()})
        for name, number in _FUNNEL
    ]
    return _by_channel(
        "funnel",
        "From event to handset",
        "Notifications: all of them, those to be sent by now, those that a provider "
        "accepted, and those that arrived.",
        rows,
        of=total,
    )


_FUNNEL: Sequence[tuple[str, Callable[[Figures], int]]] = (
    ("All", lambda figures: figures.notifications),
    ("Accepted", lambda figures: figures.accepted),
    ("Sent", lambda figures: figures.sent),
    ("Delivered", lambda figures: figures.delivered),
)


def places(buckets: Buckets) -> Plot | None:
    """Draw the number of notifications in each group of states."""
    found = {channel: count_by_group(each) for channel, each in channels(buckets).items()}
    names = [name for name in _NAMES if any(each[name] for each in found.values())]
    if not names:
        return None
    return _by_channel(
        "places",
        "State",
        "Notifications. The delivery rate consists of delivered, and failed or bounced; all others "
        "are outside it.",
        [
            (_NAMES[name], {channel: each[name] for channel, each in found.items()})
            for name in names
        ],
        of=sum(sum(each.values()) for each in found.values()),
    )


_NAMES = {
    "delivered": "Delivered",
    "undelivered": "Failed or bounced",
    "in_flight": "In flight",
    "carrier_accepted": "With the carrier",
    "unconfirmed": "Unconfirmed",
    "in_doubt": "In doubt",
    "deferred": "Deferred",
    "suppressed": "Suppressed",
    "parked": "Parked",
}


def costs(buckets: Buckets) -> Plot | None:
    """Draw the cost of each country, the highest first, with the number of unpriced messages."""
    found = {str(c or _NO_COUNTRY): each.money for (c,), each in by(buckets, ["country"]).items()}
    ordered = sorted(found.items(), key=lambda each: (-each[1].cost, each[0]))
    shown = {c: m for c, m in ordered if m.cost or m.unpriced or m.charges}
    if not shown:
        return None
    amounts = ([m.carrier, m.estimate, m.cost, m.unattributed] for m in shown.values())
    columns = [exact(column) for column in zip(*amounts, strict=True)]
    unpriced = [count(money.unpriced) for money in shown.values()]
    return Plot(
        name="costs",
        title="Cost by country",
        says="US dollars: by delivery receipts, and estimated until these arrive. "
        "Unattributed charges, of no known notification, are in no bar.",
        drawing=svg.bars(_cost_bars(shown)[:_LONGEST]),
        columns=[*("country", "carrier", "estimate", "cost"), "unattributed", "messages unpriced"],
        rows=[list(row) for row in zip(shown, *columns, unpriced, strict=True)],
        legend={"carrier": "carrier's price", "estimate": "estimate"},
    )


def _cost_bars(shown: Mapping[str, Spend]) -> list[Bar]:
    dearest = max(money.cost for money in shown.values()) or Decimal(1)
    words = exact(money.cost for money in shown.values())
    return [
        Bar(
            name=f"{country} + {money.unpriced} unpriced" if money.unpriced else country,
            value=f"{cost} USD",
            segments=_segments(
                {"carrier": money.carrier, "estimate": money.estimate}, dearest, country, "USD"
            ),
        )
        for cost, (country, money) in zip(words, shown.items(), strict=True)
    ]


def suppressed(buckets: Buckets) -> Plot | None:
    """Draw how many notifications each rule suppressed."""
    found = {channel: each.suppressed_by for channel, each in channels(buckets).items()}
    rules = list(in_all(buckets.values()).suppressed_by)
    if not rules:
        return None
    return _by_channel(
        "suppressed",
        "Suppressed, by rule",
        "Notifications that were not sent by decision, by rule.",
        [(rule, {channel: each.get(rule, 0) for channel, each in found.items()}) for rule in rules],
        of=sum(sum(each.values()) for each in found.values()),
    )


_NO_COUNTRY = "not known"
_LONGEST = 12  # rows of a plot; its table has all of them


def _by_channel(
    name: str, title: str, says: str, rows: Sequence[tuple[str, Mapping[str, int]]], *, of: int
) -> Plot:
    """Draw counts, a bar each, its parts the channels; the longest bar is as wide as the plot."""
    longest = max(sum(counts.values()) for _, counts in rows)
    drawn = [
        Bar(
            name=row,
            value=_of(sum(counts.values()), of),
            segments=_segments(counts, longest, row, "notifications"),
        )
        for row, counts in rows
    ]
    return Plot(
        name=name,
        title=title,
        says=says,
        drawing=svg.bars(drawn[:_LONGEST]),
        columns=["", *CHANNELS.values(), "both"],
        rows=[
            [row, *(count(counts.get(c, 0)) for c in CHANNELS), count(sum(counts.values()))]
            for row, counts in rows
        ],
        legend=CHANNELS,
    )


def _of(number: int, whole: int) -> str:
    return f"{count(number)} · {percent(Decimal(number) / whole)}"


def _segments(
    parts: Mapping[str, int] | Mapping[str, Decimal], longest: Decimal | int, row: str, unit: str
) -> list[Segment]:
    return [
        Segment(
            share=float(amount / longest),
            kind=kind,
            says=f"{row}, {CHANNELS.get(kind, kind)}: {amount:,} {unit}",
        )
        for kind, amount in parts.items()
        if amount
    ]
