"""A provider's opinion of the account in memory, which a test sets."""

from dataclasses import dataclass, field
from datetime import datetime

from ordercast.errors import ProviderUnavailable
from ordercast.pacing.reputation import Reputation


@dataclass(slots=True)
class FakeReputations:
    """Knows nothing, until a test says something; `unavailable` makes it fail."""

    known: Reputation = field(default_factory=Reputation)
    unavailable: bool = False
    asked: int = 0

    def reputation(self, *, now: datetime) -> Reputation:
        del now
        self.asked += 1
        if self.unavailable:
            raise ProviderUnavailable("reputation")
        return self.known
