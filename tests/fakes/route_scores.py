"""The scores of routes, in the fake ledger."""

from dataclasses import dataclass

from ordercast.notifications.route_scores import ScoredRoutes
from tests.fakes.ledger import FakeLedger


@dataclass(slots=True)
class FakeRouteScores:
    """Scores that are kept in a fake ledger."""

    ledger: FakeLedger

    def read(self) -> ScoredRoutes | None:
        return self.ledger.scored_routes

    def write(self, scored: ScoredRoutes, *, seen: ScoredRoutes | None) -> bool:
        stored = self.ledger.scored_routes
        if (stored and stored.hour) != (seen and seen.hour):
            return False
        self.ledger.scored_routes = scored
        return True
