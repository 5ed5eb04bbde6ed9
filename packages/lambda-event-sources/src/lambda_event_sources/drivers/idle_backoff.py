"""Decide how long a poller rests between two reads. Used by the stream driver."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class IdleBackoff:
    """Do not rest after work; rest longer and longer while there is none, in seconds.

    A stream allows five reads a second and shard; `most` keeps an idle poller within that.
    """

    least: float = 0.02
    most: float = 0.2
    _rest: float = 0.0

    def rest_after(self, *, work: bool) -> float:
        """Return the rest from now on."""
        self._rest = self.least if work else min(self.most, max(self.least, self._rest * 1.5))
        return 0.0 if work else self._rest
