"""Choose other routes after each call, as if breakers and delivery rates changed all the time. Used by the explorer's senders."""

from decimal import Decimal

from ordercast.events.order_event import Channel
from ordercast.notifications.route_scores import RouteScore, ScoredRoutes
from ordercast.rollups.rollup import hour_of
from ordercast.sending.choice_by_cost import CostPolicy
from ordercast.sending.routes import Route, Routes, home_route
from tests.fakes.clock import START

PRICES = {"us-east-1": Decimal("0.03"), "eu-west-1": Decimal("0.01"), "eu-north-1": Decimal("0.02")}
"""US dollars a part, by Region."""

SCORED = ScoredRoutes(
    hour=hour_of(START),
    scores={
        (country, f"sns/{region}/default"): RouteScore(delivered=95, undelivered=5)
        for country in ("US", "SE")
        for region in PRICES
    },
)
"""How the routes of texts have delivered: well enough for every second call."""


def routes_after(calls: int, channel: Channel) -> Routes:
    """Return a channel's routes after so many calls, by sixes: its first, then those of two other Regions, in turn; the next is its second.

    After every other call the cheaper of both goes first, if it delivers well enough.
    """
    home = home_route(channel, "us-east-1")
    others = [Route(provider=home.provider, region=each) for each in ("eu-west-1", "eu-north-1")]
    usual, second, *_ = (home, *others, home)[calls // 6 % 3 :]
    by_cost = CostPolicy(
        price=lambda route, _: PRICES[route.region],
        at_least=lambda _: 90 if calls % 2 else 99,
        samples=100,
        trial=0,
    )
    return Routes(home=home, usual=usual, in_second_region={usual: second}, by_cost=by_cost)
