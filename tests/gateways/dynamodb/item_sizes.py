"""Return the size of an item in bytes, as DynamoDB counts it. Used by tests of write units."""

from collections.abc import Mapping
from typing import Any

from ordercast.gateways.dynamodb.codec import Item


def size(item: Item) -> int:
    """Return what DynamoDB counts (developer guide, "DynamoDB Item sizes and formats")."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    ((kind, inner),) = value.items()
    if kind == "S":
        return len(inner.encode())
    if kind == "N":
        return len(inner.strip("-0").replace(".", "")) // 2 + 2
    if kind == "L":
        return 3 + sum(1 + _size(each) for each in inner)
    assert "M" == kind
    return 3 + sum(1 + len(name.encode()) + _size(each) for name, each in inner.items())
