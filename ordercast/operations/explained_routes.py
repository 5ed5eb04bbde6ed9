"""Say of each route that a message may take what it costs, how it delivers and whether it is closed. Used by `ordercast routes --explain`."""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct

from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.notifications.route_reason import RouteReason
from ordercast.notifications.route_scores import RouteScores
from ordercast.sending.choice_by_cost import CostPolicy
from ordercast.sending.routes import Route, Routes, by_settings, choose


class ExplainedRoute(Struct, frozen=True, kw_only=True):
    """A route in the order of the stage's settings.

    `price` is of a part in US dollars, `delivered` of so many `ended` texts of the last days; `closed`
    is the hold that closes it, or "". `chosen` is why a message would take it now, None if it would not.
    """

    route: str
    price: Decimal | None
    delivered: int
    ended: int
    fits: bool | None
    closed: str
    chosen: RouteReason | None


def explained(
    row: Notification,
    routes: Routes,
    policy: CostPolicy,
    *,
    closed: Mapping[Route, str],
    scores: RouteScores,
) -> list[ExplainedRoute]:
    """Explain the routes of *row* as it would be sent by now; *policy* judges them, though it may be off."""
    choice = choose(row, routes, closed=closed.keys(), scores=scores)
    return [
        ExplainedRoute(
            route=each.choice.route.key,
            # The price list has prices of parts of texts; an e-mail costs the same on every route.
            price=each.price if row.channel is Channel.SMS else None,
            delivered=each.score.delivered,
            ended=each.score.ended,
            fits=each.fits,
            closed=closed.get(each.choice.route, ""),
            chosen=choice.reason if choice and choice.route == each.choice.route else None,
        )
        for each in policy.judged(row, by_settings(row, routes), scores)
    ]
