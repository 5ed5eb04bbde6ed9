"""Write the PartiQL statements that insert or change one item under a condition.

Names are quoted, so that no reserved word matters; values are parameters, so that none is parsed.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, field

from ordercast.gateways.dynamodb.codec import Attribute, Item
from ordercast.gateways.dynamodb.table import Statement

_NOTHING: Mapping[str, Attribute] = MappingProxyType({})


class Update(Struct, frozen=True, kw_only=True):
    """What an update does: attributes to set, numbers to increase, to raise or lower by one, what to remove."""

    set_: Mapping[str, Attribute] = field(default_factory=dict)
    increased: Mapping[str, Attribute] = field(default_factory=dict)
    raised: Iterable[str] = ()
    lowered: Iterable[str] = ()
    removed: Iterable[str] = ()

    def __str__(self) -> str:
        """Return its clauses."""
        clauses = [
            *(f'SET "{name}"=?' for name in self.set_),
            *(f'SET "{name}"="{name}"+?' for name in self.increased),
            *(f'SET "{name}"="{name}"+1' for name in self.raised),
            *(f'SET "{name}"="{name}"-1' for name in self.lowered),
            *(f'REMOVE "{name}"' for name in self.removed),
        ]
        return " ".join(clauses)


def insert(table: str, item: Item) -> Statement:
    """Insert an item; refused where its key is taken."""
    names = ", ".join(f"'{name}': ?" for name in item)
    return Statement(
        text=f'INSERT INTO "{table}" VALUE {{{names}}}', parameters=list(item.values())
    )


def change(table: str, key: Item, before: Item, after: Item) -> Statement:
    """Write what differs and raise the version; refused if it is not that of *before* any more."""
    return update(
        table,
        key,
        Update(
            set_={n: v for n, v in after.items() if n != "version" and before.get(n) != v},
            raised=("version",),
            removed=[name for name in before if name not in after],
        ),
        where={"version": [before["version"]]},
    )


def update(
    table: str,
    key: Item,
    change: Update,
    *,
    where: Mapping[str, Sequence[Attribute]],
    below: Mapping[str, Attribute] = _NOTHING,
    between: Mapping[str, tuple[Attribute, Attribute | None]] = MappingProxyType({}),
    missing: Iterable[str] = (),
    returning: bool = False,
) -> Statement:
    """Change the item of *key*; refused where there is none, or it is not as *where* says.

    *where* gives the values of which each attribute has one, *below* the value that each is lower
    than, *between* the two that each lies between (None is no upper one), *missing* the attributes
    that are not there; *returning* answers the item afterwards.
    """
    conditions = [
        *(f'"{name}"=?' for name in key),
        *(f'"{name}"{_one_of(values)}' for name, values in where.items()),
        *(f'"{name}" < ?' for name in below),
        *(f'"{name}" >= ?' for name in between),
        *(f'"{name}" <= ?' for name, (_, most) in between.items() if most),
        *(f'"{name}" IS MISSING' for name in missing),
    ]
    ending = " RETURNING ALL NEW *" if returning else ""
    return Statement(
        text=f'UPDATE "{table}" {change} WHERE {" AND ".join(conditions)}{ending}',
        parameters=[
            *change.set_.values(),
            *change.increased.values(),
            *key.values(),
            *(value for values in where.values() for value in values),
            *below.values(),
            *(least for least, _ in between.values()),
            *(most for _, most in between.values() if most),
        ],
    )


def _one_of(values: Sequence[Attribute]) -> str:
    """Compare with one value by `=`, which is documented for maps and lists too, and `IN` is not."""
    return "=?" if len(values) == 1 else f" IN [{', '.join('?' * len(values))}]"
