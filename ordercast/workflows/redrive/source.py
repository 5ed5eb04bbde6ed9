"""Where something waits for an operator: what a shelf of parked things can be asked to do."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from ordercast.parked.item import ParkedItem

REDRIVEN = "redriven"
DROPPED = "dropped"

# What is done before it is noted down, and so done again after a crash in between.
A_NOTE = 100

Report = Callable[[int], None]
"""Hear how many more things are done: a long round shows its progress."""

Put = Callable[[Sequence[tuple[str, bytes]]], object]
"""Put (partition key, payload) pairs on the stream; raises where it does not take them all."""


class ParkedSource(Protocol):
    """Things of one kind that wait. Raises `Retryable` when the outside world is in trouble.

    Redriving and dropping may be broken off anywhere and done again: what was done is not listed
    any more, and what was done without being noted down is done again without effect.
    """

    def contents(self) -> Iterator[ParkedItem]:
        """Return what waits, each thing once."""
        ...

    def payload(self, parked: ParkedItem) -> bytes:
        """Return what it holds, which is personal data."""
        ...

    def redrive(self, things: Sequence[ParkedItem], *, told: Report) -> int:
        """Send each on its way again; answer how many went."""
        ...

    def drop(self, things: Sequence[ParkedItem], *, told: Report) -> int:
        """Let each go for good; answer how many went."""
        ...


class Notes(Protocol):
    """What was done about things that are kept until their retention ends."""

    def handled(self) -> set[str]:
        """Return the ids that were redriven or dropped."""
        ...

    def note(self, ids: Sequence[str], *, did: str, at: datetime) -> None:
        """Note down that *ids* were dealt with."""
        ...
