"""Compare what would be decided now with the ledger. Used by the dry run of a replay."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification

NOTHING = "nothing"
SENT = "sent"

# Decided before a sender claimed it; in every other state the message was to be sent.
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
    """Yield each notification whose verdict now differs from that in the ledger.

    One that would be deferred and was sent does not differ: it was deferred then, too.
    """
    for row in decided_now:
        would, was = verdict(row), verdict(ledger.get(row.id))
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
    """Return the verdict on a notification in one word, and its rule if it was suppressed."""
    if row is None:
        return NOTHING
    # What waits behind a hold, or waited into quiet hours, was decided to be sent.
    if row.state in _BEFORE_SENDING and not row.is_held and not _waited(row):
        return f"{row.state}: {row.rule}" if row.state is State.SUPPRESSED else row.state.value
    return SENT


def _waited(row: Notification) -> bool:
    return row.state is State.DEFERRED and row.ages_from is not None
