"""Say how texts of the last days were delivered, by country and route. Written by the verifier, read with each wave."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec import Struct

MOST_SCORES = 300
"""Of so many routes and countries scores are kept, as each wave reads them: some 15 KB."""

KNOWN_FOR = timedelta(hours=24)
"""After so long without a verifier its scores say nothing any more."""


class RouteScore(Struct, frozen=True, kw_only=True):
    """How many texts were delivered, and how many failed."""

    delivered: int = 0
    undelivered: int = 0

    @property
    def ended(self) -> int:
        """Of how many it is known what became of them."""
        return self.delivered + self.undelivered

    @property
    def percent(self) -> Decimal | None:
        """The delivery rate; None while nothing is known."""
        return Decimal(100 * self.delivered) / self.ended if self.ended else None


RouteScores = Mapping[tuple[str, str], RouteScore]
"""By country (ISO 3166-1) and the key of a route (ordercast/sending/routes.py)."""


class ScoredRoutes(Struct, frozen=True, kw_only=True):
    """The scores as they were written, in an `hour` (UTC, `2026-03-02T09`)."""

    hour: str
    scores: RouteScores

    def known(self, now: datetime) -> RouteScores:
        """Return the scores, or none if they are too old."""
        written = datetime.fromisoformat(f"{self.hour}:00").replace(tzinfo=UTC)
        return self.scores if now - written < KNOWN_FOR else {}
