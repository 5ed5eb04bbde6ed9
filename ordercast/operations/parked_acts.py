"""Redrive or drop parked items, and keep it in the audit trail. Used by `ordercast parked` and the console."""

from collections.abc import Callable, Mapping, Sequence

from ordercast.audit import Verb, of_many
from ordercast.operations.acts import audited
from ordercast.operations.parked_sources import SelectedItems
from ordercast.operations.target import Target
from ordercast.parked.item import ParkedItem
from ordercast.workflows.redrive.source import ParkedSource, ReportProgress

Handling = Callable[[ParkedSource, Sequence[ParkedItem], ReportProgress], int]

HANDLED: Mapping[Verb, str] = {Verb.REDRIVE: "redriven", Verb.DROP: "dropped"}
"""What an item is after each verb."""

_HANDLING: Mapping[Verb, Handling] = {
    Verb.REDRIVE: lambda source, items, progress: source.redrive(items, progress=progress),
    Verb.DROP: lambda source, items, progress: source.drop(items, progress=progress),
}


def handle(
    where: Target,
    found: Sequence[SelectedItems],
    verb: Verb,
    *,
    reason: str,
    progress: ReportProgress = lambda _: None,
) -> int:
    """Redrive or drop what was *found*; answer how many items. May be interrupted and repeated."""
    items = all_of(found)
    with audited(where, verb, of_many([each.id for each in items]), reason=reason) as act:
        done = sum(
            _HANDLING[verb](each.source, each.items, progress) for each in found if each.items
        )
        act.outcome = f"{done} of {len(items)} {HANDLED[verb]}"
    return done


def all_of(found: Sequence[SelectedItems]) -> list[ParkedItem]:
    """Return the items of all sources."""
    return [each for one in found for each in one.items]
