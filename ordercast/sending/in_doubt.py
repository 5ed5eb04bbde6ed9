"""Put lapsed claims in doubt, and decide when an e-mail in doubt is resent. Used by sweeper and senders."""

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification

if TYPE_CHECKING:
    from ordercast.sending.due_policy import DuePolicy

LAPSED = "lapsed-claim"


def lapsed(row: Notification, *, now: datetime) -> Notification:
    """Return *row* in doubt: its lease ended unsettled, and its provider call may have been made."""
    since = row.lease_until or now
    row = replace(row, state=State.IN_DOUBT, rule=LAPSED, held_by=None)
    return replace(row, lease_until=None, in_doubt_since=since)


def resent_or_closed(
    row: Notification,
    due_policy: "DuePolicy",
    *,
    receipts_applied_until: datetime | None,
    now: datetime,
) -> tuple[Notification, bool]:
    """Resend an e-mail in doubt once, when SES would have sent a receipt by now; never a text.

    After the receipt timeout it stays in doubt and is closed. Returns the row, and whether it is
    published again.
    """
    since = row.in_doubt_since or row.effective_at
    over = since + due_policy.receipt_timeout
    if now >= over:
        return replace(row, due_at=None, closed_at=over, sweeps=row.sweeps + 1), False
    looked = replace(row, due_at=over, sweeps=row.sweeps + 1)
    wait = due_policy.resend_email_after
    if not CHANNELS[row.channel].resends or wait is None or row.resends:
        return looked, False
    resend_at = since + wait
    # The wait is over only when the receipts received during it have been applied.
    if now < resend_at or receipts_applied_until is None or receipts_applied_until < resend_at:
        return replace(looked, due_at=max(resend_at, now + due_policy.first_wait)), False
    again = replace(
        row, state=State.REQUESTED, resends=1, due_at=now + due_policy.first_wait, owner=None
    )
    return again, True
