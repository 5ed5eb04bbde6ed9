"""Trails in, what is counted of them in the books as bills that are nobody's out.

A text's receipt that no notification answers for may be another stage's or program's of the account,
since carriers report by account. Only a stage that alone sends texts from its account may take it
for a bill of its own (docs/decisions/0014).
"""

from datetime import datetime, timedelta

from ordercast.receipts.receipt_log import Trail
from ordercast.rollups.rollup import BILL, Bucket, Line, beside, unattributed


def is_given_up(trail: Trail, *, wait: timedelta, now: datetime) -> bool:
    """Tell whether nobody will answer for the message any more, *wait* after nobody was found."""
    return trail.unattributed and trail.due_at is not None and trail.due_at + wait <= now


def bill_of(trail: Trail) -> Line | None:
    """Return the line of what a carrier asks for a message that is nobody's; None before it does.

    Its hour is the one in which nobody was found to have sent it, which no later receipt changes:
    what providers say of the time of sending may.
    """
    price = trail.message.price
    if price is None or trail.due_at is None or not trail.unattributed:
        return None
    return unattributed(
        trail.message_id,
        price,
        facts=trail.version,
        at=trail.due_at,
        country=None,  # of where it went we keep a hash
        keep_until=int(trail.expires_at.timestamp()),
    )


def taken_back(trail: Trail, counted: Bucket) -> Line | None:
    """Return the line that undoes a bill in the bucket it was *counted* in, once it is somebody's."""
    if trail.notification_id is None:
        return None
    return beside(
        f"{BILL}{trail.message_id}",
        version=trail.version,
        bucket=counted,
        at=trail.sent_at,
        keep_until=int(trail.expires_at.timestamp()),
    )
