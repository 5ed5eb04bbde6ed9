"""Plot bars: funnel, state groups, cost and suppression rules. Used by the report."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from ordercast.operations.report import svg
from ordercast.operations.report.plot import CHANNELS, LEGEND, AmountsByKey, Plot, channels
from ordercast.operations.report.svg import PlotPoint, PlotRow
from ordercast.operations.state_groups import count_by_group
from ordercast.operations.units import count, exact, percent
from ordercast.rollups.statistics import Figures, Spend, by, in_all


def funnel(buckets: AmountsByKey) -> Plot | None:
    """Draw how many notifications reached each step."""
    return _by_channel(
        buckets,
        lambda each: {
            "All": each.notifications,
            "Accepted": each.accepted,
            "Sent": each.sent,
            "Delivered": each.delivered,
        },
        of=in_all(buckets.values()).notifications,
        name="funnel",
        title="From event to handset",
        says="Notifications: all of them, those that were to be sent by now, those that a "
        "provider took, and those that arrived.",
    )


def places(buckets: AmountsByKey) -> Plot | None:
    """Draw the number of notifications in each group of states."""
    return _by_channel(
        buckets,
        lambda each: {GROUP_NAMES[group]: n for group, n in count_by_group(each).items() if n},
        of=in_all(buckets.values()).notifications,
        name="places",
        title="What became of them",
        says="Notifications by where they are now. The delivery rate is of those that were "
        "delivered, failed or bounced; all others are outside it.",
    )


def suppressed(buckets: AmountsByKey) -> Plot | None:
    """Draw how many notifications each rule suppressed."""
    return _by_channel(
        buckets,
        lambda each: each.suppressed_by,
        of=sum(in_all(buckets.values()).suppressed_by.values()),
        name="suppressed",
        title="Not sent on purpose, and why",
        says="Suppressed notifications, by the rule that kept them from being sent.",
    )


def failures(buckets: AmountsByKey) -> Plot | None:
    """Draw how many notifications failed or bounced for each reason of a provider."""
    return _by_channel(
        buckets,
        lambda each: each.failed_for,
        of=sum(in_all(buckets.values()).failed_for.values()),
        name="failures",
        title="Failed or bounced, and why",
        says="Notifications that a provider could not deliver, by the reason that it gave.",
    )


GROUP_NAMES = {
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


def costs(buckets: AmountsByKey) -> Plot | None:
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
        legend={"carrier": "charged by the carrier", "estimate": "estimated"},
    )


def _cost_bars(shown: Mapping[str, Spend]) -> list[PlotRow]:
    dearest = max(money.cost for money in shown.values()) or Decimal(1)
    words = exact(money.cost for money in shown.values())
    return [
        PlotRow(
            name=f"{country} + {money.unpriced} unpriced" if money.unpriced else country,
            value=f"{cost} USD",
            points=_points(
                {"carrier": money.carrier, "estimate": money.estimate}, dearest, country, "USD"
            ),
        )
        for cost, (country, money) in zip(words, shown.items(), strict=True)
    ]


_NO_COUNTRY = "not known"
_LONGEST = 12  # rows of a plot; its table has all of them


def _by_channel(
    buckets: AmountsByKey,
    counts: Callable[[Figures], Mapping[str, int]],
    *,
    of: int,
    name: str,
    title: str,
    says: str,
) -> Plot | None:
    """Draw *counts*, a bar for each of its names, with the channels as its parts, and shares *of* a number.

    The longest bar is as wide as the plot. Without any notification there is no plot.
    """
    if not of:
        return None
    whole = counts(in_all(buckets.values()))
    found = {channel: counts(each) for channel, each in channels(buckets).items()}
    rows = {row: {c: each.get(row, 0) for c, each in found.items()} for row in whole}
    longest = max(whole.values())
    drawn = [
        PlotRow(
            name=row,
            value=f"{count(whole[row])} · {percent(Decimal(whole[row]) / of)}",
            points=_points(parts, longest, row, "notifications"),
        )
        for row, parts in rows.items()
    ]
    return Plot(
        name=name,
        title=title,
        says=says,
        drawing=svg.bars(drawn[:_LONGEST]),
        columns=["", *CHANNELS.values(), "both"],
        rows=[
            [row, *(count(parts.get(each, 0)) for each in CHANNELS), count(whole[row])]
            for row, parts in rows.items()
        ],
        legend=LEGEND,
    )


def _points(
    parts: Mapping[str, int] | Mapping[str, Decimal], longest: Decimal | int, row: str, unit: str
) -> list[PlotPoint]:
    return [
        PlotPoint(
            share=float(amount / longest),
            kind=kind,
            says=f"{row}, {CHANNELS.get(kind, kind)}: {amount:,} {unit}",
        )
        for kind, amount in parts.items()
        if amount
    ]
