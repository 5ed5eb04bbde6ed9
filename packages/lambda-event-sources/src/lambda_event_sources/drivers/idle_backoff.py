"""Whether there was something to do comes in; how long to rest goes out."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class IdleBackoff:
    """Rest a little after work and longer and longer without it, in seconds.

    A stream allows five reads a second and shard; `most` keeps an idle poller at that.
    """

    least: float = 0.02
    most: float = 0.2
    _rest: float = 0.0

    def rest_after(self, *, work: bool) -> float:
        """Say how long to rest now."""
        self._rest = self.least if work else min(self.most, max(self.least, self._rest * 1.5))
        return 0.0 if work else self._rest
