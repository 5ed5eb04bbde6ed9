"""Decide which parked items an operator means, and how each is written. Used by `ordercast parked`."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from ordercast.operations.parked_groups import counted, grouped
from ordercast.operations.periods import moment
from ordercast.operations.units import NONE
from ordercast.parked.item import Kind, ParkedItem, Selection
from ordercast.parked.short_ids import letters_of, short_ids
from ordercast.usage_error import UsageError


def selection(
    ids: Sequence[str] | None,
    kinds: Sequence[Kind] | None,
    reason: str,
    since: str | None,
    now: datetime,
    *,
    every: bool,
) -> Selection:
    """Return what these options select; without any, everything, but only if *every* says so.

    Raises `UsageError`.
    """
    if not (ids or kinds or reason or since or every):
        hint = "name ids, or a --kind, --reason or --since, or --all"
        raise UsageError("which of them?", hint=hint)
    # Every id begins with the empty text: an unset shell variable must not select everything.
    if "" in (ids or ()):
        raise UsageError("one of the ids is empty", hint="everything is --all")
    begins = moment(since, option="--since", now=now) if since else None
    return Selection(ids=ids or (), kinds=kinds or (), reason=reason, since=begins)


def fields_of(item: ParkedItem) -> dict[str, object]:
    """Return an item's fields, as `--json` and `parked show` have them; `short` may be cut to what is unique."""
    return {
        "kind": item.kind,
        "id": item.id,
        "short": letters_of(item.id),
        "reason": item.reason,
        "detail": item.detail,
        "since": item.since.isoformat() if item.since else None,
        "place": item.place,
        "records": item.size,
        "edited": str(item.edited) if item.edited else None,
    }


def lines_of(items: Sequence[ParkedItem]) -> Iterator[str]:
    """Yield the lines of a list: a heading for each reason, below it the items with their short ids."""
    short = short_ids([each.id for each in items])
    for group in grouped(items):
        yield group.heading
        for each in group.items:
            since = f"{each.since:%Y-%m-%d %H:%M:%S}" if each.since else NONE
            detail = f"  {each.detail}" if each.detail else ""
            edited = f"  (edited {each.edited})" if each.edited else ""
            yield f"  {short[each.id]}  {since:<19}  {each.id}{detail}{edited}"


def summary(items: Sequence[ParkedItem], chosen: Selection) -> str:
    """Say how many items of each kind there are."""
    if not items:
        return "Nothing is parked." if chosen == Selection() else "Nothing like that is parked."
    numbers = Counter(each.kind for each in items)
    counts = [counted(numbers[kind], kind) for kind in Kind if kind in numbers]
    return f"{len(items)} parked: {', '.join(counts)}."
