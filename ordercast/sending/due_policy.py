"""Decide what happens to a notification that is due: a look, or the release of a deferral. Used by the sweeper."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from ordercast.decisions.lookup import LookupResult
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.tries import numbered
from ordercast.pacing.holds import Why, held, hold_of
from ordercast.pacing.restoring import fenced, perhaps_sent
from ordercast.people.quiet_policy import QuietPolicy
from ordercast.sending.backoff import MAX_MESSAGES, OUT_OF_ATTEMPTS
from ordercast.sending.fallbacks import fallback_at
from ordercast.sending.in_doubt import lapsed, resent_or_closed
from ordercast.sending.republish_schedule import next_republish
from ordercast.sending.send_rules import (
    block_reason,
    deferred,
    expires_at,
    quiet_until_for,
    suppressed,
)


class DuePolicy(Struct, frozen=True, kw_only=True):
    """A stage's waiting times; with `resend_email_after` None no e-mail in doubt is resent.

    After `receipt_timeout` no more receipts of a message are expected. A fallback waits for
    `fallback_grace` after the end of what it is for, and where nothing is known of an urgent text for
    `fallback_unknown_after`; None is never.
    """

    first_wait: timedelta
    resend_email_after: timedelta | None
    receipt_timeout: timedelta
    quiet: QuietPolicy
    fallback_grace: timedelta = timedelta()
    fallback_unknown_after: timedelta | None = None


class DueAction(Struct, frozen=True, kw_only=True):
    """The row to write, and whether it is published (again)."""

    row: Notification
    publish: bool = False


def due_action(
    row: Notification,
    *,
    queue_takes: timedelta,
    due_policy: DuePolicy,
    receipts_applied_until: datetime | None,
    now: datetime,
) -> DueAction:
    """Decide what the sweeper does about *row*, which is not deferred; every look postpones the next one.

    What waits in its queue takes so long to be sent; a row that is requested probably waits there.
    Receipts received before *receipts_applied_until* are on the ledger; None if that is unknown.
    """
    match row.state:
        case State.REQUESTED:
            if queue_takes > due_policy.first_wait:
                # The queue is behind: another copy would wait in it too.
                return DueAction(row=replace(row, due_at=now + queue_takes))
            return DueAction(row=looked_at(row, due_policy=due_policy, now=now), publish=True)
        case State.SENDING:
            return DueAction(row=_watched(row, now))
        case State.IN_DOUBT:
            row, publish = resent_or_closed(
                row, due_policy, receipts_applied_until=receipts_applied_until, now=now
            )
            at = None if publish else _fallback_at(row, due_policy)
            sooner = at and row.due_at and now < at < row.due_at
            return DueAction(row=replace(row, due_at=at) if sooner else row, publish=publish)
        case _:
            return DueAction(row=_at_rest(row, due_policy, now))


def _at_rest(row: Notification, due_policy: DuePolicy, now: datetime) -> Notification:
    """Return a row that was sent or is closed: nothing is due any more, but for a fallback."""
    at = _fallback_at(row, due_policy)
    if at and at <= now:  # it could not be entered
        return looked_at(row, due_policy=due_policy, now=now)
    return replace(row, due_at=at, sweeps=row.sweeps + 1)


def _fallback_at(row: Notification, due_policy: DuePolicy) -> datetime | None:
    return fallback_at(
        row,
        grace=due_policy.fallback_grace,
        unknown_after=due_policy.fallback_unknown_after,
    )


def looked_at(row: Notification, *, due_policy: DuePolicy, now: datetime) -> Notification:
    """Return *row* with the next look after a longer wait."""
    due_at = next_republish(row.sweeps + 1, first_wait=due_policy.first_wait, now=now)
    return replace(row, due_at=due_at, sweeps=row.sweeps + 1)


def release(
    row: Notification,
    found: LookupResult,
    *,
    due_policy: DuePolicy,
    send_within: timedelta,
    now: datetime,
) -> DueAction:
    """Decide what becomes of *row*, which was deferred until now: send rules and holds are asked again."""
    if behind := fenced(row, found.holds, now=now):
        return DueAction(row=behind)
    blocked_by = block_reason(row, found, send_within=send_within, now=now)
    if blocked_by:
        return DueAction(row=ended(row, blocked_by, at=now))
    if len(row.messages) >= MAX_MESSAGES:
        # The provider took it so often, and each receipt said that the account could not send it.
        parked = replace(row, state=State.PARKED, rule=OUT_OF_ATTEMPTS, held_by=None)
        return DueAction(row=replace(parked, due_at=None, closed_at=now))
    quiet_until = quiet_until_for(row, found, policy=due_policy.quiet, now=now)
    if quiet_until:
        return DueAction(row=deferred(row, until=quiet_until, at=now))
    hold = hold_of(row, found.holds)
    if hold:
        return DueAction(row=held(row, hold, until=expires_at(row, send_within)))
    released = replace(numbered(row), state=State.REQUESTED, rule=None, held_by=None)
    return DueAction(row=replace(released, due_at=now + due_policy.first_wait), publish=True)


def ended(row: Notification, rule: str, *, at: datetime) -> Notification:
    """Return a row that waited and is not to be sent by *rule*; one of before a restore may have been."""
    if row.rule == Why.RESTORED:
        return perhaps_sent(row, at=at)
    return suppressed(row, rule, at=at)


def _watched(row: Notification, now: datetime) -> Notification:
    if row.lease_until is not None and row.lease_until > now:
        return replace(row, due_at=row.lease_until, sweeps=row.sweeps + 1)
    return replace(lapsed(row, now=now), due_at=now, sweeps=row.sweeps + 1)
