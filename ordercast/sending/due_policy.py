"""A notification that is due and what is known by now in, what is done about it out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ordercast.decisions.lookup import LookupResult
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.sending.republish_schedule import next_republish
from ordercast.sending.send_rules import block_reason, suppressed

LAPSED = "lapsed-claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePolicy:
    """A stage's waiting times; `resend_email_after` None never sends a doubtful e-mail again.

    After `silence` no provider speaks of a message any more.
    """

    first_wait: timedelta
    resend_email_after: timedelta | None
    receipt_timeout: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The row as it is to be, and whether senders are to hear of it (again)."""

    row: Notification
    publish: bool = False


def step(
    row: Notification,
    found: LookupResult,
    *,
    patience: DuePolicy,
    send_within: timedelta,
    receipts_applied_until: datetime | None,
    now: datetime,
) -> Step:
    """Decide what the sweeper does about *row*; every look moves the next one on.

    Whatever receipt came before *heard_until* is on the ledger; None if no such instant is known.
    """
    match row.state:
        case State.DEFERRED:
            return _release(row, found, patience, send_within, now)
        case State.REQUESTED:
            return Step(row=looked_at(row, patience=patience, now=now), publish=True)
        case State.SENDING:
            return Step(row=_watched(row, now))
        case State.IN_DOUBT:
            return _doubtful(row, patience, receipts_applied_until=receipts_applied_until, now=now)
        case _:
            # Sent, or ended: nothing of it is due any more.
            return Step(row=replace(row, due_at=None, sweeps=row.sweeps + 1))


def looked_at(row: Notification, *, patience: DuePolicy, now: datetime) -> Notification:
    """Return *row* as one that is looked at again, each time after a longer wait."""
    due_at = next_republish(row.sweeps + 1, first_wait=patience.first_wait, now=now)
    return replace(row, due_at=due_at, sweeps=row.sweeps + 1)


def lapsed(row: Notification, *, now: datetime) -> Notification:
    """Return a row whose claim nobody came back from: its call may have been made."""
    return replace(
        row, state=State.IN_DOUBT, rule=LAPSED, lease_until=None, sent_at=row.lease_until or now
    )


def _release(
    row: Notification,
    found: LookupResult,
    patience: DuePolicy,
    send_within: timedelta,
    now: datetime,
) -> Step:
    against = block_reason(row, found, send_within=send_within, now=now)
    if against:
        return Step(row=suppressed(row, against, at=now))
    due_at = now + patience.first_wait
    return Step(row=replace(row, state=State.REQUESTED, rule=None, due_at=due_at), publish=True)


def _watched(row: Notification, now: datetime) -> Notification:
    if row.lease_until is not None and row.lease_until > now:
        return replace(row, due_at=row.lease_until, sweeps=row.sweeps + 1)
    return replace(lapsed(row, now=now), due_at=now, sweeps=row.sweeps + 1)


def _doubtful(
    row: Notification,
    patience: DuePolicy,
    *,
    receipts_applied_until: datetime | None,
    now: datetime,
) -> Step:
    """Send a doubtful e-mail once more when SES would have spoken by now; a text message never.

    What nobody has spoken of for as long as anybody might stays in doubt, and is done with.
    """
    over = (row.sent_at or row.accepted_at) + patience.receipt_timeout
    if now >= over:
        return Step(row=replace(row, due_at=None, closed_at=over, sweeps=row.sweeps + 1))
    looked = replace(row, due_at=over, sweeps=row.sweeps + 1)
    wait = patience.resend_email_after
    if row.channel is not Channel.EMAIL or wait is None or row.resends:
        return Step(row=looked)
    ripe = (row.sent_at or row.accepted_at) + wait
    # SES has had its time to speak, and all that it said meanwhile has been heard.
    if now < ripe or receipts_applied_until is None or receipts_applied_until < ripe:
        return Step(row=replace(looked, due_at=max(ripe, now + patience.first_wait)))
    again = replace(
        row, state=State.REQUESTED, resends=1, due_at=now + patience.first_wait, owner=None
    )
    return Step(row=again, publish=True)
