"""What would be decided now and what the ledger says in, how the two differ out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification

NOTHING = "nothing"
SENT = "sent"

# Decided before any sender was asked; in every other state the message was to go out.
_BEFORE_SENDING = frozenset({State.SUPPRESSED, State.DEFERRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayDifference:
    """One notification; *would* and *ledger* are `sent`, `deferred`, `suppressed: rule` or `nothing`."""

    id: str
    order_id: str
    status: str
    channel: str
    would: str
    ledger: str


def differences(
    decided_now: Iterable[Notification], ledger: Mapping[str, Notification]
) -> Iterator[ReplayDifference]:
    """Yield each notification that would become something else than the ledger says it did.

    One that was deferred and has gone out since was deferred all the same.
    """
    for row in decided_now:
        there = ledger.get(row.id)
        would, was = verdict(row), verdict(there)
        deferred_then = row.state is State.DEFERRED and was == SENT
        if would != was and not deferred_then:
            yield ReplayDifference(
                id=row.id,
                order_id=row.order.order_id,
                status=row.status,
                channel=row.channel,
                would=would,
                ledger=was,
            )


def verdict(row: Notification | None) -> str:
    """Say in a word what was decided about a notification, and by which rule."""
    if row is None:
        return NOTHING
    if row.state in _BEFORE_SENDING:
        return f"{row.state}: {row.rule}" if row.state is State.SUPPRESSED else row.state.value
    return SENT
