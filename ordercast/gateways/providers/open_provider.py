"""Open the provider of a route, by the registry. Used by `RoutedProvider`; each provider's module takes `ProviderParts`."""

from collections.abc import Sequence
from concurrent.futures import Executor
from importlib import import_module
from typing import Any, Protocol

from msgspec import Struct

from ordercast.gateways.idle_connections import Now
from ordercast.notifications.providers import PROVIDERS
from ordercast.pacing.bucket import Wait
from ordercast.sending.outcome import Outcome, Outgoing
from ordercast.sending.routes import Route


class RouteProvider(Protocol):
    """A provider that can be called, on one route."""

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Make at most one call for each message; answer in order, without raising."""
        ...


class ProviderParts(Struct, frozen=True, kw_only=True):
    """What a provider is opened with; *settings* are its sender's (ordercast/settings/processors.py)."""

    settings: Any
    executor: Executor
    wait: Wait
    now: Now


def open_provider(route: Route, parts: ProviderParts) -> RouteProvider:
    """Load the module of a route's provider, and open it; raises whatever that raises."""
    module = import_module(PROVIDERS[route.provider].module)
    opened: RouteProvider = module.open_provider(route, parts)
    return opened
