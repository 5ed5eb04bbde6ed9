"""A notification in, the day on which an operator finds it among the failures out."""

from datetime import UTC, date, datetime

from ordercast.notifications.lifecycle import COUNTS_AS_UNDELIVERED, State
from ordercast.notifications.notification import Notification

# What an operator may have to look through: it did not arrive, may not have, or waits for them.
FAILURES = COUNTS_AS_UNDELIVERED | {State.IN_DOUBT, State.PARKED}


def failed_on(row: Notification) -> date | None:
    """Return the day, in UTC, on which *row* came to the failure that it is in; None for no failure."""
    if row.state not in FAILURES:
        return None
    since = row.sent_at if row.state is State.IN_DOUBT else row.closed_at
    return day_of(since or row.accepted_at)


def day_of(moment: datetime) -> date:
    """Return the day of an instant, in UTC."""
    return moment.astimezone(UTC).date()
