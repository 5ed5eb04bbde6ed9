"""Providers in memory that answer a call that sends nothing, or do not, as a test says."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ordercast.sending.routes import Route


@dataclass(slots=True)
class FakeRouteProbes:
    """All answer, but those that are `down`; `asked` are the routes of each call."""

    down: set[Route] = field(default_factory=set)
    asked: list[Route] = field(default_factory=list)

    def answering(self, routes: Sequence[Route]) -> set[Route]:
        self.asked += routes
        return set(routes) - self.down
