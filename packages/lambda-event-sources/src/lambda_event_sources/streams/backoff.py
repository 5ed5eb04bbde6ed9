"""The waits before a failed batch of a stream is delivered again. Used by both kinds of lane."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Wait `first` after the first failure and double it with each further one, up to `most`.

    AWS says "exponential backoff" and documents no numbers; these are ours.
    """

    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(minutes=1)

    def after(self, failures: int) -> timedelta:
        """Return the wait after so many failures in a row (at least 1)."""
        # 30 doublings of a millisecond are twelve days: more would only overflow.
        doublings = min(failures - 1, 30)
        return min(self.most, self.first * (1 << doublings))
