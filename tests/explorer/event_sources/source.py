"""Define what invokes functions on the explorer's stage. Used by the stage."""

from datetime import datetime
from typing import Protocol


class Source(Protocol):
    """Something that invokes a function when there is something to do."""

    def step(self) -> bool:
        """Do the next thing; False where there is nothing to do now."""
        ...

    def next_at(self) -> datetime | None:
        """Say when there will be something to do."""
        ...
