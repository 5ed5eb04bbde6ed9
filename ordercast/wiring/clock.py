"""Tell the time, and wait. Used as the clock of every deployed workflow."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(UTC)


def wait_until(moment: datetime) -> None:
    """Return at *moment*, or at once if it is over. Used by the senders, for the slots of their calls."""
    time.sleep(max(0.0, (moment - utc_now()).total_seconds()))
