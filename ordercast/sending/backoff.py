"""How often a message was tried in, how long to wait before the next try out."""

from datetime import timedelta

MAX_ATTEMPTS = 12
OUT_OF_ATTEMPTS = "out-of-attempts"

_FIRST = timedelta(seconds=5)
_MOST = timedelta(minutes=15)


def backoff(attempts: int, *, chance: float) -> timedelta:
    """Return the wait after so many *attempts*; *chance* in [0, 1) spreads those that failed together.

    Exponential with full jitter over the upper half, so that nobody comes back at once.
    """
    ceiling = min(_MOST, _FIRST * (1 << min(attempts - 1, 16)))
    return ceiling / 2 + ceiling / 2 * chance
