"""Decide whether a text that could not reach its phone is tried again, and when. Used by the sweeper."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from ordercast.events.order_event import Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.tries import numbered, sent_tries
from ordercast.receipts.unreached import is_for_now, unreached
from ordercast.sending.send_rules import SendWithin, expires_at
from ordercast.templates.statuses import is_promotional

RETRY = "retry"
"""The rule of what waits for its next try after a receipt."""


class Retries(Struct, frozen=True):
    """So many more tries of a text, evenly over so long; each waits its share of it after a failure."""

    times: int
    over: timedelta


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """Which texts are tried again after a receipt; with `for_now`, those too that the carrier may still deliver.

    The trap: those may then arrive twice.
    """

    by_priority: Mapping[Priority, Retries] = field(default_factory=dict)
    for_now: bool = False

    def of(self, row: Notification) -> Retries | None:
        """Return how often *row* is tried again; None is not at all, as for promotional messages."""
        promotional = is_promotional(row.template, row.order.shop)
        return None if promotional else self.by_priority.get(row.priority)


def next_try_at(row: Notification, policy: RetryPolicy, send_within: SendWithin) -> datetime | None:
    """Return when *row* is tried again, as things stand; None if no further try is coming.

    It is, if its last try failed for a reason that another may mend, nothing has taken its place, and it
    will not be too old by then. No try is under way: the state says so.
    """
    failed = unreached(row) if row.state in _FAILED else None
    retries = policy.of(row) if failed else None
    if failed is None or failed.at is None or retries is None:
        return None
    if len(sent_tries(row)) > retries.times or (is_for_now(failed) and not policy.for_now):
        return None
    if row.forgotten or (row.fallback and row.fallback.entered_at):
        return None
    at = failed.at + retries.over / retries.times
    return at if at <= expires_at(row, send_within(row)) else None


def to_be_tried_again(row: Notification, *, at: datetime) -> Notification:
    """Return *row* deferred until its next try *at* that time; what it was sent as so far is listed."""
    return replace(
        numbered(row),
        state=State.DEFERRED,
        rule=RETRY,
        held_by=None,
        due_at=at,
        closed_at=None,
        sweeps=row.sweeps + 1,
    )


_FAILED = frozenset({State.FAILED, State.FAILED_FOR_NOW})
