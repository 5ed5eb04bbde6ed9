"""Model what SES thinks of the account, and say when the sweeper asks for it. Used by the explorer's stage."""

from dataclasses import dataclass, field
from datetime import datetime

from ordercast.pacing.holds import Holds, Why
from ordercast.pacing.reputation import Reputation
from ordercast.workflows.sweep.keep_reputation import EVERY
from tests.explorer.deployed.fitting import LIMITS
from tests.fakes.clock import START


@dataclass(slots=True)
class ModelReputations:
    """SES's figures come late: who asks first after a change hears the old ones.

    So of two looks in flight, one sees a rate that is high and the other one that is not.
    """

    known: Reputation = field(default_factory=Reputation)
    coming: Reputation = field(default_factory=Reputation)
    asked_at: datetime = START

    def reputation(self, *, now: datetime) -> Reputation:
        self.asked_at = now
        told, self.known = self.known, self.coming
        return told

    def next_look(self, holds: Holds) -> datetime | None:
        """Return when a look may change something; None while nothing is wrong."""
        is_high = bool(LIMITS.exceeded(self.coming))
        is_held = any(each.why is Why.REPUTATION for each in holds)
        return self.asked_at + EVERY if is_high or is_held else None
