"""Compute how much may wait in a queue ahead of its senders, and how long that takes. Used by the sweeper and redriving.

What is released later stays on the ledger, where it costs nothing, expires in order and can be
counted; in a queue it would be received, looked up and handed back again and again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

AHEAD = timedelta(minutes=5)
"""What is released waits for its sender for so long at most, by SQS's counts.

They may be a minute old, so two releases in a row may each fill a queue: ten minutes at most.
"""

LONGEST_WAIT = timedelta(hours=12)
"""What a queue is said to need at most: of a rate that throttling has cut, or of a count gone wrong."""


def room(waiting: int, *, rate: float) -> int:
    """Return how many more messages may be released to a queue in which so many wait.

    *rate* is in messages a second.
    """
    return max(0, int(AHEAD.total_seconds() * rate) - waiting)


def time_for(messages: float, *, rate: float) -> timedelta:
    """Return how long so many messages take."""
    return min(LONGEST_WAIT, timedelta(seconds=messages / rate))


def would_expire(
    expiries: Sequence[datetime], *, backlog: int, begins: datetime, rate: float
) -> int:
    """Estimate how many of a backlog expire before their turn, if what expires first goes first.

    The backlog's first turn is when it *begins*. *expiries* are those of a sample from its oldest
    part, so this rather tells too many; of an empty sample nothing expires.
    """
    sample = sorted(expiries)
    places = (backlog * (place + 1) / len(sample) for place in range(len(sample)))
    late = sum(
        expiry < begins + timedelta(seconds=place / rate)
        for expiry, place in zip(sample, places, strict=True)
    )
    return round(backlog * late / len(sample)) if late else 0
