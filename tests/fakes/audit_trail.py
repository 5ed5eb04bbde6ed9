"""The audit trail, in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from ordercast.audit import Act, Recorded, shortened
from ordercast.errors import LedgerUnavailable


@dataclass(slots=True)
class FakeAuditTrail:
    """Acts and their outcomes, by time and tag."""

    acts: dict[tuple[datetime, str], Act] = field(default_factory=dict)
    outcomes: dict[tuple[datetime, str], str] = field(default_factory=dict)
    unavailable: bool = False

    def intend(self, act: Act) -> None:
        if self.unavailable:
            raise LedgerUnavailable("audit trail")
        self.acts.setdefault((act.at, act.tag), act)

    def end(self, act: Act, outcome: str) -> None:
        self.outcomes.setdefault((act.at, act.tag), shortened(outcome))

    def newest(self, *, until: datetime, since: datetime, limit: int) -> list[Recorded]:
        found = sorted(
            (each for each in self.acts.items() if since <= each[1].at < until),
            key=lambda each: each[0],
            reverse=True,
        )
        return [Recorded(act=act, outcome=self.outcomes.get(key)) for key, act in found[:limit]]
