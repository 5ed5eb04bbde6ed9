"""A clock that a test turns by hand, and tokens that it can foretell."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass(slots=True)
class HandTurnedClock:
    """A `Clock` that stands still until it is turned."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def turn(self, by: timedelta) -> None:
        """Let *by* pass."""
        self.at += by


@dataclass(slots=True)
class CountingToken:
    """A `Token` that counts: token-1, token-2 and on."""

    given: int = 0

    def __call__(self) -> str:
        self.given += 1
        return f"token-{self.given}"
