"""Define the hours of the explorer's day in which the provider of texts is down. Used by the scenario."""

from datetime import timedelta
from functools import partial

from tests.explorer.deployed.stage import Stage
from tests.explorer.orders import event

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

BURST = 5
"""So many texts at once: as many calls that fail close a route."""

EVERYWHERE = 9 * HOUR
"""When every route is down for some minutes: what comes waits."""

ONE_ROUTE = 10 * HOUR
"""When one is: what comes goes by another, and later ones try it again."""

LASTS = 3 * MINUTE
SINGLES = (4, 5, 6)
"""Minutes after which a text comes alone: at one of three of them the route would be the one that was down."""

OVER = 8 * MINUTE


def lose_routes(set_up: Stage) -> None:
    """Let it all happen on a stage."""
    outages = set_up.outages
    for begins, name in ((EVERYWHERE, "everywhere"), (ONE_ROUTE, "route")):
        orders = [event(f"o-{name}-{n}") for n in range(BURST)]
        set_up.after(begins, partial(outages.begin, every=name == "everywhere"))
        set_up.after(begins, partial(set_up.stream.put, *orders))
        set_up.after(begins + LASTS, outages.end)
        set_up.after(begins + OVER, partial(setattr, outages, "looks", False))
    for minute in SINGLES:
        one = event(f"o-route-after-{minute}")
        set_up.after(ONE_ROUTE + minute * MINUTE, partial(set_up.stream.put, one))
