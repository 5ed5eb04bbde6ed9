"""Write how the routes of texts have delivered in the last days, once an hour. Used by the verifier."""

from collections import Counter
from datetime import timedelta
from typing import Protocol

from msgspec import Struct

from ordercast.notifications.route_scores import ScoredRoutes
from ordercast.rollups.rollup import hour_of
from ordercast.rollups.route_scores import Ended, count_by_route, scores_of
from ordercast.sending.routes import Route
from ordercast.workflows.ports import Clock
from ordercast.workflows.read_rollups import Buckets


class KeptScores(Protocol):
    """The one record of scores, which senders read with each wave. Raises `LedgerUnavailable`."""

    def read(self) -> ScoredRoutes | None:
        """Return what was written last; None if nothing ever was."""
        ...

    def write(self, scored: ScoredRoutes, *, seen: ScoredRoutes | None) -> bool:
        """Put it in the place of what was *seen*; answer whether nobody else was faster."""
        ...


class ScoreRoutes(Struct, frozen=True, kw_only=True):
    """Count the texts of the last `days`, today's too; `home` is the route of rows that name none.

    A day is read at a time, as there may be many buckets.
    """

    rollups: Buckets
    scores: KeptScores
    home: Route
    days: int
    now: Clock

    def __call__(self) -> int:
        """Write the scores of this hour, unless they are there; return how many. Raises `LedgerUnavailable`."""
        now = self.now()
        seen = self.scores.read()
        if seen and seen.hour >= hour_of(now):
            return 0
        ended: Ended = Counter()
        for back in range(self.days):
            day = hour_of(now - timedelta(days=back))[: len("2026-03-02")]
            count_by_route(ended, self.rollups.buckets([day]), home=self.home)
        scored = ScoredRoutes(hour=hour_of(now), scores=scores_of(ended))
        return len(scored.scores) if self.scores.write(scored, seen=seen) else 0
