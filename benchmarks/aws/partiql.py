"""Parse the PartiQL statements of the gateways: changes and conditions. Used by the stand-in's tables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Value = Mapping[str, Any]
Item = Mapping[str, Value]

_INSERT = re.compile(r'INSERT INTO "([^"]+)" VALUE \{(.*)\}')
_UPDATE = re.compile(r'UPDATE "([^"]+)" (.*) WHERE (.*?)( RETURNING ALL NEW \*)?')
_NAME = r'"([^"]+)"'
_CHANGES = {
    "set": re.compile(rf"SET {_NAME}=\?"),
    "raise": re.compile(rf"SET {_NAME}=\"[^\"]+\"\+1"),
    "lower": re.compile(rf"SET {_NAME}=\"[^\"]+\"-1"),
    "remove": re.compile(rf"REMOVE {_NAME}"),
}
_CONDITIONS = {
    "is": re.compile(rf"{_NAME}=\?"),
    "one of": re.compile(rf"{_NAME} IN \[([?, ]+)\]"),
    "below": re.compile(rf"{_NAME} < \?"),
    "missing": re.compile(rf"{_NAME} IS MISSING"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One change or condition: its kind, its attribute, and how many parameters it takes."""

    kind: str
    name: str
    takes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedStatement:
    """An insertion (no conditions: its key must be free) or an update."""

    table: str
    inserts: bool
    changes: tuple[Part, ...]
    conditions: tuple[Part, ...] = ()
    returns: bool = False


@lru_cache
def parse(text: str) -> ParsedStatement:
    """Read a statement; raises `ValueError` for any that the gateways do not write."""
    if insert := _INSERT.fullmatch(text):
        names = re.findall(r"'([^']+)': \?", insert[2])
        parts = tuple(Part(kind="set", name=name, takes=1) for name in names)
        return ParsedStatement(table=insert[1], inserts=True, changes=parts)
    update = _UPDATE.fullmatch(text)
    if not update:
        message = f"not a statement of ours: {text}"
        raise ValueError(message)
    return ParsedStatement(
        table=update[1],
        inserts=False,
        changes=tuple(_part(each, _CHANGES) for each in re.split(r" (?=SET|REMOVE)", update[2])),
        conditions=tuple(_part(each, _CONDITIONS) for each in update[3].split(" AND ")),
        returns=bool(update[4]),
    )


def bind(parts: Sequence[Part], parameters: list[Value]) -> list[tuple[Part, list[Value]]]:
    """Give each part its parameters, taking them off the front of the list."""
    bound = []
    for part in parts:
        bound.append((part, parameters[: part.takes]))
        del parameters[: part.takes]
    return bound


def changed(item: Item, changes: Sequence[tuple[Part, list[Value]]]) -> dict[str, Value]:
    """Return the item after *changes*."""
    after = dict(item)
    for part, values in changes:
        if part.kind == "set":
            after[part.name] = values[0]
        elif part.kind in {"raise", "lower"}:
            by = 1 if part.kind == "raise" else -1
            after[part.name] = {"N": str(int(item[part.name]["N"]) + by)}
        else:
            after.pop(part.name, None)
    return after


def holds(item: Item, part: Part, values: Sequence[Value]) -> bool:
    """Whether a condition holds for *item*."""
    value = item.get(part.name)
    if part.kind == "missing":
        return value is None
    if part.kind == "below":
        return value is not None and int(value["N"]) < int(values[0]["N"])
    return value in values


def _part(text: str, kinds: Mapping[str, re.Pattern[str]]) -> Part:
    for kind, pattern in kinds.items():
        if match := pattern.fullmatch(text):
            return Part(kind=kind, name=match[1], takes=text.count("?"))
    message = f"not a part of a statement of ours: {text}"
    raise ValueError(message)
