"""Choose the route of each message: its provider, Region and origination. Used by the senders and `ordercast status`."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import TYPE_CHECKING, Self
from zlib import crc32

from msgspec import Struct, field

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.notification import Notification
from ordercast.notifications.providers import label_of, provider_of
from ordercast.notifications.route_reason import RouteReason
from ordercast.notifications.route_scores import RouteScores

if TYPE_CHECKING:
    from ordercast.sending.choice_by_cost import CostPolicy

ACCOUNTS_OWN = "default"
"""The origination that the account's settings decide."""

ROUTE_CLOSED = "route-closed"
"""The reason of what certainly was not called, because its route is not to be had."""


class Route(Struct, frozen=True, kw_only=True):
    """One way to a provider (by its name in `PROVIDERS`): a Region and an origination in it."""

    provider: str
    region: str
    origination: str = ACCOUNTS_OWN

    @property
    def key(self) -> str:
        """The text by which rows, buckets and people name it: `sns/us-east-1/default`."""
        return f"{self.provider}/{self.region}/{self.origination}"

    @classmethod
    def read(cls, key: str) -> Self:
        """Read a `key`, as rows have it too: without the account's own origination. Raises `ValueError` for anything else."""
        provider, region, *named = key.split("/", 2)
        return cls(
            provider=provider, region=region, origination=named[0] if named else ACCOUNTS_OWN
        )


class RouteChoice(Struct, frozen=True, kw_only=True):
    """The route of one message, and why it is this one."""

    route: Route
    reason: RouteReason

    @property
    def noted(self) -> RouteReason | None:
        """What a claim writes of the reason: nothing of the usual one, as rows are to stay one write unit."""
        return None if self.reason is RouteReason.STAGE else self.reason


class Routes(Struct, frozen=True, kw_only=True):
    """The routes of a stage's channel, by its settings.

    `home` is the channel's first provider in the stage's Region: the route of rows that name none.
    `in_second_region` has the other Region's route for one of the stage's, and `second_region_share` how
    many percent of the messages go by it while both are open. `more_by_country` are those of a country
    after its first, in order. `rates` has the units a second of routes that have a rate of their own.
    With `by_cost`, the cheapest of a country's routes goes first.
    """

    home: Route
    usual: Route
    by_country: Mapping[str, Route] = field(default_factory=dict)
    more_by_country: Mapping[str, Sequence[Route]] = field(default_factory=dict)
    rates: Mapping[Route, int] = field(default_factory=dict)
    in_second_region: Mapping[Route, Route] = field(default_factory=dict)
    second_region_share: int = 0
    by_cost: "CostPolicy | None" = None

    def pinned(self, route: Route) -> str | None:
        """Return what a claim writes for *route*: nothing for `home`, as rows are to stay one write unit."""
        return None if route == self.home else route.key


def home_route(channel: Channel, region: str) -> Route:
    """Return the route of rows that name none: that of the channel's first provider in the stage's Region."""
    return Route(provider=CHANNELS[channel].provider, region=region)


def choose(
    row: Notification,
    routes: Routes,
    *,
    closed: AbstractSet[Route] = frozenset(),
    scores: RouteScores = MappingProxyType({}),
) -> RouteChoice | None:
    """Return the first route of *row* that is not *closed*; None while there is none.

    What may have been taken already is called again on the same route or not at all: on another
    nobody could tell the two apart, and a breaker that is open says nothing of what came before.
    """
    found = by_settings(row, routes)
    # A share of messages is meant to go by the second Region, whatever that costs.
    if routes.by_cost and len(found) > 1 and found[0].reason is not RouteReason.SHARE:
        found = routes.by_cost.ordered(row, found, scores)
    return next((each for each in found if each.route not in closed), None)


def by_settings(row: Notification, routes: Routes) -> list[RouteChoice]:
    """Return the routes that *row* may take, in the order of the stage's settings."""
    if row.resends:
        first = Route.read(row.route) if row.route else routes.home
        return [RouteChoice(route=first, reason=RouteReason.IN_DOUBT)]
    return list(_candidates(row, routes))


def _candidates(row: Notification, routes: Routes) -> Iterator[RouteChoice]:
    choice = _own(row, routes)
    second = routes.in_second_region.get(choice.route)
    if second and crc32(row.id.encode()) % 100 < routes.second_region_share:
        yield RouteChoice(route=second, reason=RouteReason.SHARE)
    yield choice
    for route in routes.more_by_country.get(row.country or "", ()):
        yield RouteChoice(route=route, reason=RouteReason.NEXT)
    if second:
        yield RouteChoice(route=second, reason=RouteReason.SECOND_REGION)


def _own(row: Notification, routes: Routes) -> RouteChoice:
    if own := routes.by_country.get(row.country or ""):
        return RouteChoice(route=own, reason=RouteReason.COUNTRY)
    return RouteChoice(route=routes.usual, reason=RouteReason.STAGE)


def provider_label(row: Notification) -> str:
    """Return what the provider of *row* is called."""
    return label_of(provider_of(row))
