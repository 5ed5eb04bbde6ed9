"""Keep what is planned for a day, by time, and let it happen. Used by the explorer's stage."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Calendar:
    """What is still to come, the earliest first; of one moment, in the order in which it was planned."""

    coming: list[tuple[datetime, Callable[[], None]]] = field(default_factory=list)

    def plan(self, at: datetime, happening: Callable[[], None]) -> None:
        """Let something happen at that time."""
        self.coming.append((at, happening))
        self.coming.sort(key=lambda each: each[0])

    def next_at(self) -> datetime | None:
        """Return when the next thing happens."""
        return self.coming[0][0] if self.coming else None

    def happen(self, now: datetime) -> bool:
        """Let the first thing happen whose time has come; tell whether there was one."""
        if not self.coming or self.coming[0][0] > now:
            return False
        _, happening = self.coming.pop(0)
        happening()
        return True
