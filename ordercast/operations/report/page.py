"""Render the rollups of a period as one self-contained HTML page. Used by `ordercast report`, the demo and, in parts, the console."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template

from ordercast.operations.report.latencies import latencies
from ordercast.operations.report.plot import Plot
from ordercast.operations.report.rates import rates
from ordercast.operations.report.shares import costs, failures, funnel, places, suppressed
from ordercast.operations.report.svg import DISCS
from ordercast.operations.report.volumes import volumes
from ordercast.operations.state_groups import count_by_group
from ordercast.operations.units import count, dollars, length, percent, to_the_cent
from ordercast.rollups.rollup import Amounts, RollupKey
from ordercast.rollups.statistics import Figures, in_all
from ordercast.sending.prices import price_list


def report(
    buckets: Mapping[RollupKey, Amounts],
    *,
    stage: str,
    since: datetime,
    until: datetime,
    made_at: datetime,
    beside: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return the page of the notifications accepted from *since* until before *until*.

    *beside* are other reports in the same folder: what each is of, by its file.

    It loads nothing, runs no script, and holds no personal data: only templates, countries and
    rules.
    """
    figures = in_all(buckets.values())
    return _page().render(
        stage=stage,
        since=since,
        until=until,
        made_at=made_at,
        beside=beside,
        tiles=tiles(figures),
        plots=plots(buckets),
        discs=DISCS,
        prices_as_of=price_list().as_of,
        empty=not figures.notifications,
    )


def plots(buckets: Mapping[RollupKey, Amounts]) -> list[Plot]:
    """Return each plot of which there is anything to draw."""
    return [plot for each in _PLOTS if (plot := each(buckets))]


_HERE = "ordercast.operations.report"
_PLOTS = (volumes, rates, funnel, latencies, failures, suppressed, costs, places)


def tiles(figures: Figures) -> list[tuple[str, str, str]]:
    """Return the tiles at the top: a name, a number with its unit, and its base."""
    money, places = figures.money, count_by_group(figures)
    ended = figures.delivered + figures.undelivered
    half, most = (figures.percentile("in_all", share) for share in (0.5, 0.95))
    took = f"at most, for 95 %; {length(half)} for half" if most else "nothing has arrived yet"
    beside = places["in_flight"] + places["carrier_accepted"] + places["unconfirmed"]
    instead = f"; {count(figures.fallbacks, 'fallback')}" if figures.fallbacks else ""
    unattributed = (
        f"; beside it {dollars(money.unattributed)} unattributed" if money.charges else ""
    )
    return [
        ("Delivery rate", percent(figures.delivery_rate), f"of {count(ended)} delivered or failed"),
        (
            "Accepted",
            count(figures.accepted),
            f"of {count(figures.notifications, 'notification')}{instead}",
        ),
        ("Event to handset", length(most), took),
        ("Cost", f"{to_the_cent(money.cost)} USD", f"exactly {dollars(money.cost)}{unattributed}"),
        ("No final receipt", count(beside), "in flight, with the carrier, or unconfirmed"),
        ("Suppressed", count(figures.suppressed), "by decision, outside the rate"),
    ]


@cache
def _page() -> Template:
    pages = Environment(
        loader=ChoiceLoader([PackageLoader(_HERE, "html"), PackageLoader(_HERE, "static")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template("page.html")
