"""How often the sweeper has looked in, when it looks next out."""

from datetime import datetime, timedelta

# Of the first wait: with 5 minutes these are waits of 5 min, 30 min, 3 h and then 12 h, each from
# the look before. A message that waits in its queue is `requested` too, so a backlog must never be
# multiplied by looking often.
WIDENING = (1, 6, 36, 144)


def next_republish(sweeps: int, *, first_wait: timedelta, now: datetime) -> datetime:
    """Return when a notification that is still only requested is looked at again."""
    return now + first_wait * WIDENING[min(sweeps, len(WIDENING) - 1)]
