"""Tell on which day a notification failed. Used by the ledger's index of failures and `find`."""

from datetime import UTC, date, datetime

from ordercast.notifications.lifecycle import COUNTS_AS_UNDELIVERED, State
from ordercast.notifications.notification import Notification

# What an operator looks through: it did not arrive, may not have arrived, or is parked.
FAILURES = COUNTS_AS_UNDELIVERED | {State.IN_DOUBT, State.PARKED}


def failed_on(row: Notification) -> date | None:
    """Return the day, in UTC, on which *row* failed; None if it did not."""
    if row.state not in FAILURES:
        return None
    return day_of(row.in_doubt_since or row.closed_at or row.effective_at)


def day_of(moment: datetime) -> date:
    """Return the day of an instant, in UTC."""
    return moment.astimezone(UTC).date()
