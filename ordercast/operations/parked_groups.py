"""Group parked items by why they are parked. Used by `ordercast parked list` and the console."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ordercast.operations.units import NONE, count
from ordercast.parked.item import Kind, ParkedItem


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedGroup:
    """Items of one kind that are parked for one reason, the oldest first."""

    kind: Kind
    reason: str
    items: Sequence[ParkedItem]

    @property
    def size(self) -> str:
        """Say how many there are of which kind."""
        return counted(len(self.items), self.kind)

    @property
    def heading(self) -> str:
        """Return the group's line above its items."""
        since = self.items[0].since
        return f"{self.reason}: {self.size}, the oldest {f'{since:%Y-%m-%d %H:%M} UTC' if since else NONE}"


def grouped(items: Iterable[ParkedItem]) -> list[ParkedGroup]:
    """Return items by kind and reason, the largest group first."""
    found: dict[tuple[Kind, str], list[ParkedItem]] = {}
    for each in items:
        found.setdefault((each.kind, each.reason), []).append(each)
    made = [
        ParkedGroup(kind=kind, reason=reason, items=sorted(each, key=_age))
        for (kind, reason), each in found.items()
    ]
    return sorted(made, key=lambda each: (-len(each.items), each.kind, each.reason))


def counted(number: int, kind: Kind) -> str:
    """Return `2 records`, `1 batch`."""
    return count(number, "batche" if kind is Kind.BATCH and number != 1 else kind)


def _age(item: ParkedItem) -> tuple[str, str]:
    return (item.since.isoformat() if item.since else "", item.id)
