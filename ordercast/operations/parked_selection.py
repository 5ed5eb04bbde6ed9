"""Decide which parked items an operator means, and how each is written. Used by `ordercast parked`."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from ordercast.operations.periods import moment
from ordercast.parked.item import Kind, ParkedItem, Selection
from ordercast.usage_error import UsageError

_PLURALS = {Kind.BATCH: "batches"}


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
    """Return an item's fields, as `--json` and `parked show` have them."""
    return {
        "kind": item.kind,
        "id": item.id,
        "reason": item.reason,
        "detail": item.detail,
        "since": item.since.isoformat() if item.since else None,
        "place": item.place,
        "records": item.size,
    }


def line_of(item: ParkedItem) -> str:
    """Return an item's line in a list."""
    since = f"{item.since:%Y-%m-%d %H:%M:%S}" if item.since else "-"
    detail = f": {item.detail}" if item.detail else ""
    return f"{item.kind:<12}  {since:<19}  {item.id}  {item.reason}{detail}"


def summary(items: Sequence[ParkedItem], chosen: Selection) -> str:
    """Say how many items of each kind there are."""
    if not items:
        return "Nothing is parked." if chosen == Selection() else "Nothing like that is parked."
    numbers = Counter(each.kind for each in items)
    counts = [
        f"{numbers[kind]} {kind if numbers[kind] == 1 else _PLURALS.get(kind, f'{kind}s')}"
        for kind in Kind
        if kind in numbers
    ]
    return f"{len(items)} parked: {', '.join(counts)}."
