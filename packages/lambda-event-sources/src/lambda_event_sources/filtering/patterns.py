"""Match JSON documents against patterns in EventBridge's language. Used by `FilterCriteria`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from lambda_event_sources.filtering.operators import (
    InvalidPattern,
    Leaf,
    Number,
    Test,
    is_absence,
    leaf_test,
)

Path = tuple[str, ...]
"""The keys that lead to a field, the outermost first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Condition:
    """One field of a pattern: one of its tests has to pass; `absent` also accepts a missing field."""

    path: Path
    tests: tuple[Test, ...]
    absent: bool


@dataclass(frozen=True, slots=True)
class _Choice:
    """The `$or` of a pattern: one of its alternatives suffices."""

    alternatives: tuple[tuple["_Condition | _Choice", ...], ...]


_Parts = tuple[_Condition | _Choice, ...]


@dataclass(frozen=True, slots=True)
class _Field:
    """A leaf of a document; `places` says in which elements of which arrays it lies."""

    value: Leaf
    places: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern: see `pattern_of`."""

    parts: _Parts

    def paths(self) -> set[Path]:
        """Return the paths of the fields that the pattern looks at."""
        return set(_paths(self.parts))

    def matches(self, document: Any) -> bool:  # noqa: ANN401 - whatever JSON says
        """Tell whether a document that `read_json` parsed matches."""
        fields: dict[Path, list[_Field]] = {}
        for path, field in _fields(document, (), {}, count()):
            fields.setdefault(path, []).append(field)
        return _hold(self.parts, fields, {})


def pattern_of(text: str) -> Pattern:
    """Parse a pattern; raise InvalidPattern where AWS would refuse it.

    Every field has to match by one of the rules in its list; fields within an array have to match
    in the same element. Only leaves are fields: a value that holds other values does not `exist`.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html

    EventBridge's wildcard and cidr are not among the operators that Lambda documents; they are
    refused.
    """
    if len(text) > _LONGEST:
        raise InvalidPattern(f"more than {_LONGEST} characters")
    try:
        rules = read_json(text)
    except ValueError as error:
        raise InvalidPattern("not JSON") from error
    if not isinstance(rules, dict):
        raise InvalidPattern("not a JSON object")
    return Pattern(_parts(rules, ()))


def read_json(text: str) -> Any:  # noqa: ANN401 - whatever JSON says
    """Parse JSON with numbers as written; of equal keys the last counts. ValueError where it is not JSON."""
    try:
        return json.loads(text, parse_int=Number, parse_float=Number, parse_constant=_no_json)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


# https://docs.aws.amazon.com/lambda/latest/api/API_Filter.html
_LONGEST = 4096


def _no_json(constant: str) -> None:
    raise ValueError(constant)


def _paths(parts: _Parts) -> Iterator[Path]:
    for part in parts:
        if isinstance(part, _Condition):
            yield part.path
        else:
            for alternative in part.alternatives:
                yield from _paths(alternative)


def _fields(
    value: Any,  # noqa: ANN401 - whatever JSON says
    path: Path,
    places: Mapping[int, int],
    arrays: Iterator[int],
) -> Iterator[tuple[Path, _Field]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, (*path, key), places, arrays)
    elif isinstance(value, list):
        array = next(arrays)
        for place, inner in enumerate(value):
            yield from _fields(inner, path, {**places, array: place}, arrays)
    else:
        yield path, _Field(value, places)


def _hold(parts: _Parts, fields: Mapping[Path, list[_Field]], places: Mapping[int, int]) -> bool:
    if not parts:
        return True
    first, rest = parts[0], parts[1:]
    if isinstance(first, _Choice):
        return any(_hold((*each, *rest), fields, places) for each in first.alternatives)
    if first.path not in fields:
        return first.absent and _hold(rest, fields, places)
    return any(
        _is_beside(field.places, places)
        and any(test(field.value) for test in first.tests)
        and _hold(rest, fields, {**places, **field.places})
        for field in fields[first.path]
    )


def _is_beside(places: Mapping[int, int], others: Mapping[int, int]) -> bool:
    """Tell whether two fields lie in the same elements of the arrays that contain both."""
    return all(others.get(array, place) == place for array, place in places.items())


def _parts(rules: Mapping[str, Any], outer: Path) -> _Parts:
    if not rules:
        raise InvalidPattern("an empty object")
    parts: list[_Condition | _Choice] = []
    for key, rule in rules.items():
        if isinstance(rule, dict):
            parts += _parts(rule, (*outer, key))
        elif not isinstance(rule, list) or not rule:
            raise InvalidPattern(f"{key} is neither an object nor a list with values")
        elif _is_choice(key, rule):
            parts.append(_Choice(tuple(_parts(each, outer) for each in rule)))
        else:
            parts.append(_condition(rule, (*outer, key)))
    return tuple(parts)


def _is_choice(key: str, rule: list[Any]) -> bool:
    return key == "$or" and len(rule) > 1 and all(isinstance(each, dict) for each in rule)


def _condition(rule: list[Any], path: Path) -> _Condition:
    present = [each for each in rule if not is_absence(each)]
    return _Condition(
        path=path, tests=tuple(map(leaf_test, present)), absent=len(present) < len(rule)
    )
