"""Check that whoever was not heard of by text is e-mailed once, in time, or that a rule says why not. Used by the checks of promises."""

from collections import Counter
from collections.abc import Iterator

from ordercast.events.order_event import Channel
from ordercast.notifications.fallback import needs_word
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.sending.send_rules import NOT_REPLACED
from tests.explorer.checks.rows import all_rows, named
from tests.explorer.deployed.fitting import FALLBACK_GRACE
from tests.explorer.deployed.stage import Stage

_FAILED = frozenset({State.FAILED, State.FAILED_FOR_NOW})
_UNKNOWN = frozenset({State.SENT, State.UNCONFIRMED, State.IN_DOUBT})


def fallbacks(stage: Stage) -> Iterator[str]:
    """P1, P3, P8: each ends in one fallback at most, linked both ways, and none is forgotten."""
    rows = all_rows(stage)
    for row in rows.values():
        if row.fallback and _is_unheard(row) and row.fallback.id not in rows:
            yield f"P1: {named(row)} was not heard of, and nothing took its place"
        if row.fallback_for and not _is_linked(row, rows):
            yield f"P1: {named(row)} takes the place of what does not know it"
        too_soon = row.ages_from and row.effective_at - row.ages_from < FALLBACK_GRACE
        if row.fallback_for and too_soon:
            yield f"P8: {named(row)} was entered before its grace time"
    yield from _called_for_afterwards(stage, rows)
    happened = [c.row for c in stage.journal.calls if c.happened and c.row.fallback_for]
    for each, times in Counter(row.fallback_for for row in happened).items():
        if times > 1 and each:
            yield f"P3: {times} fallbacks went out for {named(rows[each])}"


def _called_for_afterwards(stage: Stage, rows: dict[str, Notification]) -> Iterator[str]:
    """Yield what was tried again although its fallback had been entered, or was during the call."""
    for call in stage.journal.calls:
        fallback = rows[call.row.id].fallback
        if fallback and fallback.entered_at and call.at >= fallback.entered_at:
            yield f"P8: {named(call.row)} was called for after its fallback was entered"


def _is_unheard(row: Notification) -> bool:
    if row.channel is not Channel.SMS:
        return False
    refused = row.state is State.SUPPRESSED and row.rule not in NOT_REPLACED
    return refused or row.state in _FAILED or (row.state in _UNKNOWN and needs_word(row))


def _is_linked(row: Notification, rows: dict[str, Notification]) -> bool:
    """Tell whether a text knows its fallback; that it was entered is not said of what was delivered meanwhile."""
    text = rows[row.fallback_for or ""]
    known = text.fallback and text.fallback.id == row.id
    return bool(known and text.fallback and (text.fallback.entered_at or text.delivered_at))
