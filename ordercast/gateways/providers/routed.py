"""Call each message's provider on the route that its claim pinned. The `Provider` of the senders."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from msgspec import Struct, field

from ordercast.gateways.providers.open_provider import RouteProvider
from ordercast.sending.outcome import Outcome, Outgoing, not_now
from ordercast.sending.routes import Route

ROUTES_AT_ONCE = 4
"""So many routes of a wave are called side by side; more of them one after another."""


class RoutedProvider(Struct, frozen=True, kw_only=True):
    """Opens a route when its first message comes: its client, and the SDK's model of it, load slowly.

    `executor` is for routes alone: the calls of each go on in its own threads, and a wave is not to
    take longer for having two routes.
    """

    home: Route
    open_route: Callable[[Route], RouteProvider]
    executor: Executor
    opened: dict[Route, RouteProvider] = field(default_factory=dict)

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Make at most one call a message; answer each, in order, without raising."""
        by_route: defaultdict[str | None, list[int]] = defaultdict(list)
        for place, message in enumerate(messages):
            by_route[message.notification.route].append(place)
        if len(by_route) == 1:
            return self._send(next(iter(by_route)), messages)
        answered = self.executor.map(
            lambda key: self._send(key, [messages[place] for place in by_route[key]]), by_route
        )
        places = (place for each in by_route.values() for place in each)
        outcomes = dict(
            zip(places, (each for several in answered for each in several), strict=True)
        )
        return [outcomes[place] for place in range(len(messages))]

    def _send(self, key: str | None, messages: Sequence[Outgoing]) -> list[Outcome]:
        try:
            provider = self._provider(Route.read(key) if key else self.home)
        except Exception as error:  # noqa: BLE001 - certainly no call; raised, it would leave all in doubt
            return [not_now(f"bug:{type(error).__name__}")] * len(messages)
        return provider.send(messages)

    def _provider(self, route: Route) -> RouteProvider:
        if route not in self.opened:
            self.opened[route] = self.open_route(route)
        return self.opened[route]
