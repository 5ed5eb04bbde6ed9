"""Read due rows, decide about each, write it and publish what is to be sent. Used by the sweeper's workflows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from ordercast.decisions.lookup import LookupKeys
from ordercast.events.order_event import Priority
from ordercast.notifications.notification import Notification
from ordercast.sending.due_partitions import partition_of
from ordercast.sending.due_policy import DueAction
from ordercast.workflows.ports import Ledger, NotificationsTopic
from ordercast.workflows.sweep.swept import Swept

Actions = Mapping[str, DueAction]
"""What is done about each row, by its id."""


def due_rows(
    ledger: Ledger, partitions: Sequence[str], *, until: datetime, limit: int
) -> tuple[list[Notification], bool]:
    """Return up to *limit* rows that wait in *partitions* and are due, oldest first; and whether there may be more.

    The index lags: it may name rows that have moved, or that another round has written.
    """
    ids = ledger.due(partitions, until=until, limit=limit)
    rows = ledger.look_up(LookupKeys(notifications=frozenset(ids))).notifications
    due = [
        row
        for row in (rows[i] for i in ids if i in rows)
        if row.due_at and row.due_at <= until and partition_of(row) in partitions
    ]
    # Each partition may name an equal share of the limit: with less than one share all are named.
    return due, len(ids) * len(partitions) >= limit


def decide_each(
    rows: Iterable[Notification],
    decide: Callable[[Notification], DueAction],
    otherwise: Callable[[Notification], Notification],
    swept: Swept,
) -> Actions:
    """Return the action for each row; one that raises an exception is written as *otherwise* says."""
    actions = {}
    for row in rows:
        try:
            actions[row.id] = decide(row)
        except Exception as error:  # noqa: BLE001 - a bug in one row must not sink its neighbours
            swept.bugs.append(type(error).__name__)
            actions[row.id] = DueAction(row=otherwise(row))
    swept.looked_at += len(actions)
    return actions


def write(ledger: Ledger, rows: Iterable[Notification], actions: Actions) -> set[str]:
    """Write each row that is still as it was read, so concurrent rounds act once; return their ids."""
    return ledger.change([(row, actions[row.id].row) for row in rows])


def publish(
    topic: NotificationsTopic, written: Iterable[str], actions: Actions, swept: Swept
) -> Sequence[Notification]:
    """Publish what was written and is to be sent, high priority first; return what was accepted.

    After a crash before this, or without an answer, a row is due again later.
    """
    ids = set(written)
    rows = [each.row for i, each in actions.items() if i in ids and each.publish]
    accepted = topic.publish(sorted(rows, key=lambda row: row.priority is not Priority.HIGH))
    swept.published += len(accepted)
    return [row for row in rows if row.id in accepted]
