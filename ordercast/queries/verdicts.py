"""Say in a line what became of a message, and why. Used by `find` and the console."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, COUNTS_AS_UNDELIVERED, State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Hold, Why
from ordercast.queries.state_words import WHYS, meaning_of_row, words_of
from ordercast.sending.resending import number_of_resend

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def verdict(row: Notification, holds: Iterable[Hold], *, now: datetime) -> str:
    """Return what became of a message: `not sent: texts to SE paused 12 min ago`."""
    behind = _behind(row, holds)
    if behind is not None:
        return f"not sent: {_held(behind, now)}"
    if row.is_held:
        return "not sent: what held it back was let go, and the sweeper is about to release it"
    if row.state is State.DEFERRED:
        rule = f" ({row.rule})" if row.rule else ""
        return f"not sent: it waits until {row.due_at or row.effective_at:%Y-%m-%d %H:%M} UTC{rule}"
    if row.state in COUNTS_AS_DELIVERED:
        arrived = f"delivered {ago(row.delivered_at or row.closed_at or row.effective_at, now)}"
        return arrived if row.state is State.DELIVERED else f"{arrived}: {meaning_of_row(row)}"
    because = f"{row.rule}: " if row.rule else ""
    return f"{_short(row, now)}: {because}{meaning_of_row(row)}"


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago it was: `12 min ago`."""
    took = now - moment
    if took < _MINUTE:
        return "just now"
    if took < _HOUR:
        return f"{took // _MINUTE} min ago"
    if took < 2 * _DAY:
        return f"{took // _HOUR} h ago"
    return f"{took // _DAY} days ago"


def kind_of(row: Notification) -> str:
    """Return which message it is: `shipped, SMS`."""
    fallback = ", a fallback" if row.fallback_for else ""
    resend = f", resend {number_of_resend(row)}" if row.resend_of else ""
    return f"{row.status}, {CHANNELS[row.channel].label}{fallback}{resend}"


def _behind(row: Notification, holds: Iterable[Hold]) -> Hold | None:
    """Return the hold that it waits behind, or that keeps its sender from it."""
    active = [each for each in holds if each.is_active]
    if row.is_held:
        return next((each for each in active if each.id == row.held_by), None)
    if row.state is not State.REQUESTED:
        return None
    covering = (each for each in active if not each.scope.route and each.scope.covers(row))
    return next((each for each in covering if each.id != row.held_by), None)


def _held(hold: Hold, now: datetime) -> str:
    what = words_of(hold.scope)
    if hold.why is Why.PAUSED:
        reason = f" ({hold.reason})" if hold.reason else ""
        return f"{what} paused {ago(hold.since, now)}{reason}"
    since = "" if hold.why is Why.UNOPENED else f", since {hold.since:%Y-%m-%d %H:%M} UTC"
    return f"{what} held back: {WHYS[hold.why]}{since}"


def _short(row: Notification, now: datetime) -> str:
    if row.state in {State.SUPPRESSED, State.PARKED}:
        return "not sent"
    if row.state in COUNTS_AS_UNDELIVERED:
        return "not delivered"
    if row.state is State.IN_DOUBT:
        return "it may have been sent"
    return f"sent {ago(row.sent_at, now)}" if row.sent_at else "not sent yet"
