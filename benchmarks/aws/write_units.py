"""Compute the write units of a DynamoDB write from the item before and after. Used by `tables`.

Source: the DynamoDB developer guide, "Read and write operations", "Item sizes and formats", and
"Global secondary indexes: write capacity".
"""

from collections.abc import Iterable, Mapping
from typing import Any

Item = Mapping[str, Mapping[str, Any]]

UNIT = 1024  # bytes of an item


def for_item(before: Item | None, after: Item | None) -> int:
    """Return the table's units: those of the larger item; a refused write takes them too."""
    return units(max(size(before or {}), size(after or {})))


def for_index(before: Item | None, after: Item | None, names: Iterable[str]) -> int:
    """Return the units of a sparse index that projects the attributes *names*."""
    names = tuple(names)
    old, new = _entry(before, names), _entry(after, names)
    if old == new:
        return 0
    # A changed sort key deletes the old entry and inserts a new one.
    return sum(units(size(entry)) for entry in (old, new) if entry)


def units(size: int) -> int:
    """Return the units of one write of so many bytes."""
    return max(1, -(-size // UNIT))


def size(item: Item) -> int:
    """Return an item's size in bytes, by the guide's rules."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _entry(item: Item | None, names: tuple[str, ...]) -> Item:
    if item is None or any(name not in item for name in names):
        return {}
    return {name: item[name] for name in names}


def _size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "N":
        # One byte for two significant digits, and one more.
        return (len(str(content).strip("-").strip("0")) + 1) // 2 + 1
    if kind == "M":
        return 3 + sum(len(name.encode()) + _size(each) + 1 for name, each in content.items())
    if kind == "L":
        return 3 + sum(_size(each) + 1 for each in content)
    return len(str(content).encode()) if kind == "S" else 1
