"""Model outages of the provider of texts, on one route or on all. Used by the explorer's stage."""

from collections.abc import Sequence
from dataclasses import dataclass

from botocore.exceptions import EndpointConnectionError

from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.sending.routes import Route, home_route

HOME = home_route(Channel.SMS, "us-east-1")

MOST = 9
"""So many calls at most an invocation makes into an outage: of four it may know before the last wave."""


@dataclass(slots=True)
class Outages:
    """Texts are refused while it `lasts`: on the route of the first call then, or on `every` one.

    The sweeper's rounds are needed meanwhile also where nothing waits: `looks` says so.
    """

    lasts: bool = False
    every: bool = False
    looks: bool = False
    first: Route | None = None

    def begin(self, *, every: bool = False) -> None:
        self.lasts, self.every, self.looks, self.first = True, every, True, None

    def end(self) -> None:
        self.lasts = False

    def meet(self, row: Notification) -> None:
        """Refuse the connection, if it is so."""
        if not self.lasts or row.channel is not Channel.SMS:
            return
        route = route_of(row)
        self.first = self.first or route
        if self.every or route == self.first:
            raise EndpointConnectionError(endpoint_url="https://sns.example.com")

    def answering(self, routes: Sequence[Route]) -> set[Route]:
        """Be the sweeper's `RouteProbes`."""
        down = self.lasts and (set(routes) if self.every else {self.first})
        return set(routes) - (down or set())


def route_of(row: Notification) -> Route:
    """Return the route that *row* is called on."""
    return Route.read(row.route) if row.route else HOME
