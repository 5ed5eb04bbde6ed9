"""Describe what a call is about, with orders by their names. Used by the fault proxy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ordercast.notifications.notification import Notification
from ordercast.people.person import Person

SHOWN = 40


@dataclass(frozen=True, slots=True)
class Trace:
    """Knows orders by the rows that there are."""

    rows: Mapping[str, Notification]

    def __call__(self, value: Any) -> str:
        """Name what *value* is, or is about."""
        row = _row(value)
        if row is not None:
            then = getattr(getattr(value, "outcome", None), "state", row.state)
            return f"{_name(row)}:{then}"
        if isinstance(value, Person):
            return value.customer_id or "somebody"
        identity = getattr(value, "id", value)
        if isinstance(identity, str):
            return _name(self.rows[identity]) if identity in self.rows else identity
        if isinstance(value, timedelta | int) or value is None:
            return str(value)
        if isinstance(value, Iterable):
            return self._all(value)
        return _asked(value) or type(value).__name__

    def _all(self, values: Iterable[Any]) -> str:
        names = [self(each) for each in values]
        names = names if isinstance(values, Sequence) else sorted(names)
        more = ["…"] if len(names) > SHOWN else []
        return f"[{', '.join(names[:SHOWN] + more)}]"


def _row(value: Any) -> Notification | None:
    for name in ("row", "notification"):
        value = getattr(value, name, value)
    return value if isinstance(value, Notification) else None


def _name(row: Notification) -> str:
    return f"{row.order.order_id}/{row.channel}"


def _asked(value: Any) -> str:
    """Say how many of what a look-up asks for or brings."""
    names = ("decisions", "latest_statuses", "people", "notifications")
    if not all(hasattr(value, name) for name in names):
        return ""
    counts = {name: len(getattr(value, name)) for name in names}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
