"""Give operators' commands at set times, and again where one fails. Used by the explorer's stage."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lambda_event_sources.outcomes import Outcome, Returned
from ordercast.pacing.holds import Hold, Why
from tests.explorer.faults.journal import Journal
from tests.fakes.clock import START, HandTurnedClock

AGAIN = timedelta(minutes=1)

Command = Callable[[], Outcome]


@dataclass(slots=True, kw_only=True)
class Operator:
    """Who pauses and resumes, and believes it when the command has said so.

    `command` runs a change of the ledger as a command line that may crash, `act` an act on messages.
    """

    clock: HandTurnedClock
    journal: Journal
    command: Callable[[Callable[[Any], object]], Outcome]
    act: Callable[[Callable[[Any, Any], object]], Outcome]
    waiting: list[tuple[datetime, Command]] = field(default_factory=list)

    def hold(self, wait: timedelta, hold: Hold) -> None:
        """Set a hold so long after the beginning."""

        def command() -> Outcome:
            outcome = self.command(lambda ledger: ledger.hold([hold]))
            if isinstance(outcome, Returned) and hold.why is Why.PAUSED:
                self.journal.asked_for[hold.id] = hold
            return outcome

        self._plan(START + wait, command)

    def let_go(self, wait: timedelta, hold: Hold) -> None:
        """Let a hold go so long after the beginning."""
        self.change(wait, hold, lambda ledger: ledger.let_go({hold.id}, at=self.clock()))

    def change(self, wait: timedelta, ends: Hold, change: Callable[[Any], object]) -> None:
        """Make a change that ends a hold, so long after the beginning."""

        def command() -> Outcome:
            self.journal.asked_for.pop(ends.id, None)
            return self.command(change)

        self._plan(START + wait, command)

    def do(self, wait: timedelta, work: Callable[[Any, Any], object]) -> None:
        """Act on messages, by a ledger and a topic, so long after the beginning."""
        self._plan(START + wait, lambda: self.act(work))

    def step(self) -> bool:
        """Give the next command if it is time."""
        if not self.waiting or self.waiting[0][0] > self.clock():
            return False
        _, command = self.waiting.pop(0)
        if not isinstance(command(), Returned):
            self._plan(self.clock() + AGAIN, command)
        return True

    def next_at(self) -> datetime | None:
        """Return when the next command is given."""
        return self.waiting[0][0] if self.waiting else None

    def _plan(self, at: datetime, command: Command) -> None:
        self.waiting.append((at, command))
        self.waiting.sort(key=lambda each: each[0])
