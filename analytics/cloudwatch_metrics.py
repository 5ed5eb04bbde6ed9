"""Turn counted changes into CloudWatch metrics. Used by the analytics processor.

Dimensions come from a bounded set only; never a customer, an order or an address. Each figure is
the difference to what was counted before, so corrections are negative and only the statistic Sum
has a meaning. It is stamped with the minute in which its notifications were accepted: the sums of
any hours equal the rollups of these hours, however late a receipt comes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ordercast.embedded_metric_format import VALUES, MetricSeries, MetricsLevel, emf_line
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, State
from ordercast.rollups.counting import Entry
from ordercast.rollups.rollup import STATE, Amount, Contribution, RollupInput, add
from ordercast.rollups.statistics import Figures

LATENCY = "DeliveryLatency"

_EUROPE = (
    "AD AL AT BA BE BG BY CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MC MD ME"
    " MK MT NL NO PL PT RO RS SE SI SK SM UA VA XK"
)
EUROPE = frozenset(_EUROPE.split())
"""ISO 3166-1, and XK, which is in use for Kosovo."""

COUNTED_BY_STATE = frozenset(
    {
        *(State.REQUESTED, State.SENDING, State.SENT, State.CARRIER_ACCEPTED, State.UNCONFIRMED),
        *(State.FAILED, State.BOUNCED, State.COMPLAINED, State.PARKED),
    }
)
"""States that have no figure of their own at the level of the stage."""


def emf_lines(
    counted: Iterable[Entry], *, stage: str, level: MetricsLevel, now: datetime
) -> Iterator[str]:
    """Yield the lines that, printed by a function, bring CloudWatch to what was counted."""
    figures: dict[tuple[datetime, MetricSeries], dict[str, Amount]] = defaultdict(dict)
    took: dict[tuple[datetime, MetricSeries], list[int]] = defaultdict(list)
    for entry in counted:
        at = _instant(entry.rollup_input.effective_at, now)
        for series, change in _changes(entry, level):
            add(figures[at, series], change)
        latency = _newly_delivered(entry)
        if latency is not None:
            for series in _series(entry.rollup_input, level):
                took[at, series].append(latency)
    for at, series in sorted(figures.keys() | took.keys()):
        yield from _documents(figures[at, series], took[at, series], series, stage, at)


def _instant(effective_at: datetime, now: datetime) -> datetime:
    """Return the minute of *effective_at*, where CloudWatch takes it; else now."""
    minute = effective_at.replace(second=0, microsecond=0)
    return minute if now - OLDEST <= minute <= now else now


# What is older than two weeks is refused (specification; an hour is left for the way).
OLDEST = timedelta(days=14) - timedelta(hours=1)


def _series(row: RollupInput, level: MetricsLevel) -> list[MetricSeries]:
    if level == "essential":
        return [MetricSeries()]
    return [MetricSeries(), MetricSeries("channel", row.bucket.channel)]


def _changes(entry: Entry, level: MetricsLevel) -> Iterator[tuple[MetricSeries, dict[str, Amount]]]:
    """Yield by how much the entry changes the figures of each series."""
    yield from figures_by_series(entry.new, level)
    if entry.last:
        for series, figures in figures_by_series(entry.last.contribution, level):
            yield series, {name: -figure for name, figure in figures.items()}


def figures_by_series(
    counted: Contribution, level: MetricsLevel
) -> Iterator[tuple[MetricSeries, dict[str, Amount]]]:
    """Yield what is counted, of one notification or of a bucket, as figures of each series."""
    figures = _figures(counted)
    yield MetricSeries(), _only(figures, _ESSENTIAL if level == "essential" else _OF_THE_STAGE)
    names = _ENDED if level == "essential" else _OF_A_CHANNEL
    yield MetricSeries("channel", counted.bucket.channel), _only(figures, names)
    if level == "full":
        if country := counted.bucket.country:
            group = MetricSeries("country_group", country_group(country))
            yield group, _only(figures, _OF_A_COUNTRY)
        yield from _by_state(counted)


def summed_series(level: MetricsLevel) -> dict[MetricSeries, frozenset[str]]:
    """Return the names of the figures of each series that add up; latencies do not."""
    if level == "essential":
        return {MetricSeries(): _ESSENTIAL} | {MetricSeries("channel", c): _ENDED for c in Channel}
    return {
        MetricSeries(): _OF_THE_STAGE,
        **{MetricSeries("channel", each): _OF_A_CHANNEL for each in Channel},
        **{MetricSeries("country_group", each): _OF_A_COUNTRY for each in COUNTRY_GROUPS},
        **{MetricSeries("state", each): frozenset({_IN_STATE}) for each in COUNTED_BY_STATE},
    }


_ESSENTIAL = frozenset(
    {
        *("Accepted", "Sent", "Delivered", "Undelivered", "InDoubt", "Suppressed"),
        *("OverPrice", "CostUSD"),
    }
)
_OF_THE_STAGE = _ESSENTIAL | {"EstimatedCostUSD"}
_ENDED = frozenset({"Delivered", "Undelivered"})  # an alarm by channel watches them
_OF_A_CHANNEL = frozenset({"Accepted", "Sent", "Delivered", "Undelivered", "CostUSD"})
_OF_A_COUNTRY = frozenset({"Sent", "Delivered", "CostUSD"})
_IN_STATE = "Notifications"

COUNTRY_GROUPS = ("north-america", "europe", "elsewhere")


def country_group(country: str) -> str:
    """Return which of three groups a country is in."""
    north_america, europe, elsewhere = COUNTRY_GROUPS
    if country in {"US", "CA"}:
        return north_america
    return europe if country in EUROPE else elsewhere


def _figures(counted: Contribution) -> dict[str, Amount]:
    figures = Figures(amounts=counted.amounts)
    if not figures.notifications:
        return {}  # an unattributed charge
    money = figures.money
    named: dict[str, Amount] = {
        "Accepted": figures.accepted,
        "Sent": figures.sent,
        "Delivered": figures.delivered,
        "Undelivered": figures.undelivered,
        "InDoubt": figures.in_doubt,
        "Suppressed": figures.suppressed,
        "OverPrice": figures.over_price,
        "CostUSD": money.cost,
        "EstimatedCostUSD": money.estimate,
    }
    return {name: figure for name, figure in named.items() if figure}


def _by_state(counted: Contribution) -> Iterator[tuple[MetricSeries, dict[str, Amount]]]:
    for name, amount in counted.amounts.items():
        state = name.removeprefix(STATE)
        if state in COUNTED_BY_STATE and name != state:
            yield MetricSeries("state", state), {_IN_STATE: amount}


def _newly_delivered(entry: Entry) -> int | None:
    """Return how many milliseconds after acceptance it arrived, once, and never corrected."""
    row = entry.rollup_input
    if row.state not in COUNTS_AS_DELIVERED or row.delivered_at is None:
        return None
    if entry.last and any(
        STATE + s in entry.last.contribution.amounts for s in COUNTS_AS_DELIVERED
    ):
        return None
    return max(0, (row.delivered_at - row.effective_at) // timedelta(milliseconds=1))


def _only(figures: Mapping[str, Amount], names: frozenset[str]) -> dict[str, Amount]:
    return {name: figure for name, figure in figures.items() if name in names}


def _documents(
    figures: Mapping[str, Amount], took: list[int], series: MetricSeries, stage: str, at: datetime
) -> Iterator[str]:
    """Yield one document with all figures and a hundred latencies, and one for each hundred more."""
    values: dict[str, Any] = {name: float(figure) for name, figure in figures.items()}
    for start in range(0, max(1, len(took)), VALUES):
        some = took[start : start + VALUES]
        document = {**values, **({LATENCY: some} if some else {})}
        if document:
            yield emf_line(document, stage=stage, at=at, series=series)
        values = {}
