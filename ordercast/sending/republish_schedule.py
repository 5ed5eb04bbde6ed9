"""Compute when a requested notification is published again. Used by the sweeper."""

from datetime import datetime, timedelta

# In units of the first wait: with 5 minutes these are 5 min, 30 min, 3 h and then 12 h. A message
# that waits in its queue is `requested` too, so publishing it often would multiply a backlog.
WIDENING = (1, 6, 36, 144)


def next_republish(sweeps: int, *, first_wait: timedelta, now: datetime) -> datetime:
    """Return when a notification that is still requested is looked at again."""
    return now + first_wait * WIDENING[min(sweeps, len(WIDENING) - 1)]
