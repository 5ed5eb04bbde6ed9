"""Write the PartiQL statements that insert or change one item under a condition.

Names are quoted, so that no reserved word matters; values are parameters, so that none is parsed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ordercast.gateways.dynamodb.codec import Item
from ordercast.gateways.dynamodb.table import Statement

Value = Mapping[str, Any]
"""A value as the API writes it: `{"S": "…"}`."""

_NOTHING: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What an update does: attributes to set, numbers to raise or lower by one, what to remove."""

    set_: Mapping[str, Value] = field(default_factory=dict)
    raised: Iterable[str] = ()
    lowered: Iterable[str] = ()
    removed: Iterable[str] = ()


def insert(table: str, item: Item) -> Statement:
    """Insert an item; refused where its key is taken."""
    names = ", ".join(f"'{name}': ?" for name in item)
    return Statement(
        text=f'INSERT INTO "{table}" VALUE {{{names}}}', parameters=list(item.values())
    )


def update(
    table: str,
    key: Item,
    change: Update,
    *,
    where: Mapping[str, Sequence[Value]],
    below: Mapping[str, Value] = _NOTHING,
    missing: Iterable[str] = (),
    returning: bool = False,
) -> Statement:
    """Change the item of *key*; refused where there is none, or it is not as *where* says.

    *where* gives the values of which each attribute has one, *below* the value that each is lower
    than, *missing* the attributes that are not there; *returning* answers the item afterwards.
    """
    changes = [
        *(f'SET "{name}"=?' for name in change.set_),
        *(f'SET "{name}"="{name}"+1' for name in change.raised),
        *(f'SET "{name}"="{name}"-1' for name in change.lowered),
        *(f'REMOVE "{name}"' for name in change.removed),
    ]
    conditions = [
        *(f'"{name}"=?' for name in key),
        *(f'"{name}" IN [{", ".join("?" * len(values))}]' for name, values in where.items()),
        *(f'"{name}" < ?' for name in below),
        *(f'"{name}" IS MISSING' for name in missing),
    ]
    ending = " RETURNING ALL NEW *" if returning else ""
    return Statement(
        text=f'UPDATE "{table}" {" ".join(changes)} WHERE {" AND ".join(conditions)}{ending}',
        parameters=[
            *change.set_.values(),
            *key.values(),
            *(value for values in where.values() for value in values),
            *below.values(),
        ],
    )
