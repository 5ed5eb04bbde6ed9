"""Count how texts were delivered on each route to each country. Used by `workflows.reconcile.score_routes`."""

from collections import Counter
from collections.abc import Iterable, Mapping

from ordercast.notifications.lifecycle import State
from ordercast.notifications.providers import PROVIDERS
from ordercast.notifications.route_scores import MOST_SCORES, RouteScore, RouteScores
from ordercast.rollups.rollup import BY_ROUTE, Amounts, RollupKey
from ordercast.rollups.statistics import Figures
from ordercast.sending.routes import Route

DELIVERED, UNDELIVERED = BY_ROUTE[State.DELIVERED], BY_ROUTE[State.FAILED]

Ended = Counter[tuple[str, str, str]]
"""How many texts ended: `delivered#` or `undelivered#`, by country and the key of a route."""


def count_by_route(ended: Ended, buckets: Mapping[RollupKey, Amounts], *, home: Route) -> None:
    """Add to *ended* what *buckets* have of the channel of the *home* route.

    Rows on that route name none, and neither do their buckets: what is on no other route is on it.
    """
    channel = PROVIDERS[home.provider].channel
    for bucket, amounts in buckets.items():
        if bucket.channel != channel or not bucket.country:
            continue
        figures = Figures(amounts=amounts)
        ended[DELIVERED, bucket.country, home.key] += figures.delivered
        ended[UNDELIVERED, bucket.country, home.key] += figures.undelivered
        for kind, route, amount in _named(amounts):
            ended[kind, bucket.country, route] += amount
            ended[kind, bucket.country, home.key] -= amount


def scores_of(ended: Ended) -> RouteScores:
    """Return the scores, of the most used routes where there are too many."""
    found = {
        (country, route): RouteScore(
            delivered=ended[DELIVERED, country, route],
            undelivered=ended[UNDELIVERED, country, route],
        )
        for country, route in sorted({(country, route) for _, country, route in ended})
    }
    known = sorted(found.items(), key=lambda each: -each[1].ended)
    return {key: score for key, score in known[:MOST_SCORES] if score.ended}


def _named(amounts: Amounts) -> Iterable[tuple[str, str, int]]:
    for name, amount in amounts.items():
        for kind in (DELIVERED, UNDELIVERED):
            if name.startswith(kind):
                yield kind, Route.read(name.removeprefix(kind)).key, int(amount)
