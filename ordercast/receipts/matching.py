"""Match orphan SMS receipts to texts in doubt where only one match is possible. Used by the sweeper."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from ordercast.notifications.failures import day_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.providers import names_notification
from ordercast.people.person import address_of
from ordercast.receipts.receipt_log import ReceiptLog

TAKEN_LATE = timedelta(minutes=5)
"""How long after the doubt began a provider may still take a text: it has the request, and we hung up.

15 s have been seen. Clocks that differ are allowed for by it too.
"""


def number_in_doubt(row: Notification) -> str | None:
    """Return the hash of the phone number of a text in doubt; None for any other notification.

    One whose provider names it in each receipt ends by that, and takes no other's receipt.
    """
    if row.state is not State.IN_DOUBT or names_notification(row):
        return None
    return address_of(row)


def days_of_doubt(orphan: ReceiptLog, *, lease: timedelta) -> set[date]:
    """Return the days (UTC) on which the text of an orphan receipt may have become in doubt."""
    return {day_of(orphan.sent_at - TAKEN_LATE), day_of(orphan.sent_at + 2 * lease)}


def claimed_after(row: Notification, *, lease: timedelta) -> datetime:
    """Return the earliest instant at which a provider can have taken a text in doubt.

    The doubt begins when the claim ends, one lease after it began; one more lease allows for clocks.
    """
    return (row.in_doubt_since or row.effective_at) - 2 * lease


def sure_matches(
    orphans: Iterable[ReceiptLog], rows: Iterable[Notification], *, lease: timedelta
) -> dict[str, str]:
    """Return the id of the only notification that fits each orphan, by message id.

    A receipt that fits two texts, or a text that fits two receipts, is not matched.
    """
    doubtful: defaultdict[str | None, list[Notification]] = defaultdict(list)
    for row in rows:
        doubtful[number_in_doubt(row)].append(row)
    candidates = {
        orphan.message_id: [
            row.id for row in doubtful.get(orphan.to, ()) if _fits(orphan, row, lease=lease)
        ]
        for orphan in orphans
        if orphan.to is not None
    }
    claims = Counter(i for ids in candidates.values() for i in ids)
    return {
        message_id: ids[0]
        for message_id, ids in candidates.items()
        if len(ids) == 1 and claims[ids[0]] == 1
    }


def _fits(orphan: ReceiptLog, row: Notification, *, lease: timedelta) -> bool:
    """Return whether the provider took the message while the claim was open, or soon after."""
    if row.in_doubt_since is None:
        return False
    latest = row.in_doubt_since + TAKEN_LATE
    return claimed_after(row, lease=lease) <= orphan.sent_at <= latest
