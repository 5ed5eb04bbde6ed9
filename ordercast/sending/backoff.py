"""Compute the wait before the next attempt. Used by the senders."""

from datetime import timedelta

MAX_ATTEMPTS = 12
MAX_MESSAGES = 100
"""The most messages of one notification: an item has room for no more than about 4,000."""

OUT_OF_ATTEMPTS = "out-of-attempts"

_FIRST = timedelta(seconds=5)
_MOST = timedelta(minutes=15)


def backoff(attempts: int, *, chance: float) -> timedelta:
    """Return the wait after *attempts*; *chance* in [0, 1) spreads messages that failed together.

    It grows exponentially, with jitter over the upper half.
    """
    ceiling = min(_MOST, _FIRST * (1 << min(attempts - 1, 16)))
    return ceiling / 2 + ceiling / 2 * chance
