"""Say what uses each route of a stage, whether it is open, and how fast it is. Used by `ordercast routes`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.pacing.bucket import Bucket, rate_of
from ordercast.pacing.holds import Hold, closed_routes
from ordercast.sending.routes import Route, Routes

NOTHING_ANY_MORE = "nothing by the settings of now"


class Openness(StrEnum):
    """Whether messages take a route."""

    OPEN = "open"
    CLOSED = "closed"
    HALF_OPEN = "half-open"  # its provider answers again, and one message a minute tries it


class RouteState(Struct, frozen=True, kw_only=True):
    """One route: what uses it, whether it is open, and its `rate` now and `limit` in units a second.

    A unit is a part of a text or a recipient of an e-mail. `hold` is what closes it.
    """

    route: Route
    uses: tuple[str, ...]
    rate: float
    limit: float
    hold: Hold | None = None

    @property
    def openness(self) -> Openness:
        """Whether messages take it."""
        if self.hold is None:
            return Openness.OPEN
        return Openness.HALF_OPEN if self.hold.half_open_at else Openness.CLOSED

    @property
    def since(self) -> datetime | None:
        """Since when it is not open, or half-open."""
        return (self.hold.half_open_at or self.hold.since) if self.hold else None


class ChannelRoutes(Struct, frozen=True, kw_only=True):
    """A channel's routes, the key of its usual bucket, and what its sender may send in units a second."""

    channel: Channel
    routes: Routes
    origination: str
    limit: float

    def bucket_of(self, route: Route) -> str:
        """Return the key of a route's bucket, as the senders name it."""
        return self.origination if route == self.routes.usual else route.key

    def limit_of(self, route: Route) -> float:
        """Return what the stage may send by a route."""
        return self.routes.rates.get(route, self.limit)

    def uses(self) -> dict[Route, list[str]]:
        """Return what uses each route, in words, those first that most messages take."""
        found: dict[Route, list[str]] = {}
        for route, use in self._uses():
            found.setdefault(route, []).append(use)
        return found

    def _uses(self) -> Iterator[tuple[Route, str]]:
        messages = CHANNELS[self.channel].messages
        yield self.routes.usual, messages
        for country, route in sorted(self.routes.by_country.items()):
            yield route, f"{messages} to {country}"
        for country, more in sorted(self.routes.more_by_country.items()):
            for route in more:
                yield route, f"{messages} to {country}, after others"
        share = self.routes.second_region_share
        for first, second in self.routes.in_second_region.items():
            yield second, f"in place of {first.key}" + (f", and {share} % of it" if share else "")


def route_states(
    channels: Sequence[ChannelRoutes],
    holds: Sequence[Hold],
    buckets: Mapping[str, Bucket],
    *,
    now: datetime,
) -> list[RouteState]:
    """Return the state of each route of *channels*, and of those that a hold closes though nothing uses them."""
    closed = closed_routes(holds)
    states = [
        RouteState(
            route=route,
            uses=tuple(uses),
            rate=_rate(each, route, buckets, now),
            limit=each.limit_of(route),
            hold=closed.get(route.key),
        )
        for each in channels
        for route, uses in each.uses().items()
    ]
    left = closed.keys() - {each.route.key for each in states}
    return states + [
        RouteState(
            route=Route.read(key), uses=(NOTHING_ANY_MORE,), rate=0, limit=0, hold=closed[key]
        )
        for key in sorted(left)
    ]


def _rate(of: ChannelRoutes, route: Route, buckets: Mapping[str, Bucket], now: datetime) -> float:
    limit, bucket = of.limit_of(route), buckets.get(of.bucket_of(route))
    return rate_of(bucket, limit=limit, now=now) if bucket else limit
