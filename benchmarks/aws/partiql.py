"""Parse the PartiQL statements of the gateways: changes and conditions. Used by the stand-in's tables."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

Value = Mapping[str, Any]
Item = Mapping[str, Value]
Values = Sequence[Value]

Change = Callable[[Item, str, Values], Item]
"""Return an item after a change of the attribute of that name."""

Condition = Callable[[Item, str, Values], bool]
"""Whether an item's attribute of that name is as a condition says."""

_Part = TypeVar("_Part")
_Parsed = tuple[_Part, str, int]  # with its attribute, and how many parameters it takes

_INSERT = re.compile(r'INSERT INTO "([^"]+)" VALUE \{(.*)\}')
_UPDATE = re.compile(r'UPDATE "([^"]+)" (.*) WHERE (.*?)( RETURNING ALL NEW \*)?')


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """An insertion (no conditions: its key must be free) or an update, with its parameters."""

    table: str
    inserts: bool
    changes: Sequence[tuple[Change, str, Values]]
    conditions: Sequence[tuple[Condition, str, Values]]
    returns: bool

    @property
    def named(self) -> Item:
        """The attributes that it gives a value, or asks for one; its key is among them."""
        parts = self.changes if self.inserts else self.conditions
        return {name: values[0] for _, name, values in parts if values}

    def holds(self, item: Item) -> bool:
        """Whether all its conditions hold for *item*."""
        return all(condition(item, name, values) for condition, name, values in self.conditions)

    def changed(self, item: Item) -> Item:
        """Return the item after its changes."""
        for change, name, values in self.changes:
            item = change(item, name, values)
        return item


def read(text: str, parameters: Sequence[Value]) -> Statement:
    """Read a statement; raises `ValueError` for any that the gateways do not write."""
    table, changes, conditions, returns = _parse(text)
    rest = iter(parameters)
    return Statement(
        table=table,
        inserts=not conditions,
        changes=_bound(changes, rest),
        conditions=_bound(conditions, rest),
        returns=returns,
    )


def _bound(
    parts: Sequence[_Parsed[_Part]], rest: Iterator[Value]
) -> list[tuple[_Part, str, Values]]:
    return [(part, name, list(islice(rest, takes))) for part, name, takes in parts]


@lru_cache
def _parse(text: str) -> tuple[str, list[_Parsed[Change]], list[_Parsed[Condition]], bool]:
    if insert := _INSERT.fullmatch(text):
        names = re.findall(r"'([^']+)': \?", insert[2])
        return insert[1], [(_set, name, 1) for name in names], [], False
    update = _UPDATE.fullmatch(text)
    if not update:
        message = f"not a statement of ours: {text}"
        raise ValueError(message)
    changes = [_part(each, _CHANGES) for each in re.split(r" (?=SET|REMOVE)", update[2])]
    conditions = [_part(each, _CONDITIONS) for each in update[3].split(" AND ")]
    return update[1], changes, conditions, bool(update[4])


def _part(text: str, kinds: Mapping[str, _Part]) -> _Parsed[_Part]:
    for pattern, part in kinds.items():
        if match := re.fullmatch(pattern, text):
            return part, match[1], text.count("?")
    message = f"not a part of a statement of ours: {text}"
    raise ValueError(message)


def _set(item: Item, name: str, values: Values) -> Item:
    return {**item, name: values[0]}


def _raise(item: Item, name: str, _: Values, by: int | Decimal = 1) -> Item:
    raised = Decimal(item[name]["N"]) + by
    return {**item, name: {"N": f"{raised:f}"}}


def _is_one_of(item: Item, name: str, values: Values) -> bool:
    return item.get(name) in values


def _increase(item: Item, name: str, values: Values) -> Item:
    return _raise(item, name, values, by=Decimal(values[0]["N"]))


def _compared(compare: Callable[[Decimal, Decimal], bool]) -> Condition:
    return lambda item, name, values: (
        name in item and compare(Decimal(item[name]["N"]), Decimal(values[0]["N"]))
    )


_NAME = r'"([^"]+)"'
_CHANGES: Mapping[str, Change] = {
    rf"SET {_NAME}=\?": _set,
    rf"SET {_NAME}=\"[^\"]+\"\+\?": _increase,
    rf"SET {_NAME}=\"[^\"]+\"\+1": _raise,
    rf"SET {_NAME}=\"[^\"]+\"-1": lambda item, name, _: _raise(item, name, _, by=-1),
    rf"REMOVE {_NAME}": lambda item, name, _: {k: v for k, v in item.items() if k != name},
}
_CONDITIONS: Mapping[str, Condition] = {
    rf"{_NAME}=\?": _is_one_of,
    rf"{_NAME} IN \[[?, ]+\]": _is_one_of,
    rf"{_NAME} < \?": _compared(operator.lt),
    rf"{_NAME} <= \?": _compared(operator.le),
    rf"{_NAME} >= \?": _compared(operator.ge),
    rf"{_NAME} IS MISSING": lambda item, name, _: name not in item,
}
