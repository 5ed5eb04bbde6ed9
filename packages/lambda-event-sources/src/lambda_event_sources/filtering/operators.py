"""Turn one rule of an event pattern into a test of a JSON leaf. Used by `patterns`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from operator import eq, ge, gt, le, lt
from typing import Any


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number as it was written: 300, 300.0 and 3.0e2 differ."""

    text: str


Leaf = str | Number | bool | None
"""A value of a JSON document that holds no other values."""

Test = Callable[[Leaf], bool]


class InvalidPattern(Exception):
    """AWS refuses such a pattern when the mapping is created."""


def leaf_test(rule: object) -> Test:
    """Return the test for a rule: an equal value or one operator; raise InvalidPattern for any other.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
    """
    if isinstance(rule, list):
        raise InvalidPattern("a list in a list")
    if not isinstance(rule, dict):
        return lambda value: value == rule
    return _operator(rule, _OPERATORS)


def is_absence(rule: object) -> bool:
    """Tell whether a rule is `{"exists": false}`."""
    return isinstance(rule, dict) and rule == {"exists": False}


def _operator(rule: Mapping[str, Any], known: Mapping[str, Callable[[object], Test]]) -> Test:
    name = next(iter(rule), "")
    if len(rule) != 1 or name not in known:
        raise InvalidPattern(f"not an operator: {', '.join(rule)}")
    return known[name](rule[name])


def _exists(wanted: object) -> Test:
    if wanted is not True:
        raise InvalidPattern("exists is true or false")
    return lambda _: True


def _prefix(wanted: object) -> Test:
    if isinstance(wanted, dict):
        small = _ignoring_case(wanted)
        return lambda value: isinstance(value, str) and value.lower().startswith(small)
    text = _text(wanted)
    return lambda value: isinstance(value, str) and value.startswith(text)


def _suffix(wanted: object) -> Test:
    if isinstance(wanted, dict):
        small = _ignoring_case(wanted)
        return lambda value: isinstance(value, str) and value.lower().endswith(small)
    text = _text(wanted)
    return lambda value: isinstance(value, str) and value.endswith(text)


def _equals_ignore_case(wanted: object) -> Test:
    small = _text(wanted).lower()
    return lambda value: isinstance(value, str) and value.lower() == small


def _anything_but(wanted: object) -> Test:
    if isinstance(wanted, dict):
        tests = _but_these(wanted)
        return lambda value: not any(test(value) for test in tests)
    listed = wanted if isinstance(wanted, list) else [wanted]
    if not listed or not all(isinstance(each, str | Number) for each in listed):
        raise InvalidPattern("anything-but takes strings and numbers")
    return lambda value: value not in listed


def _but_these(wanted: Mapping[str, Any]) -> list[Test]:
    known = {name: _OPERATORS[name] for name in ("prefix", "suffix", "equals-ignore-case")}
    ((name, inner),) = wanted.items() if len(wanted) == 1 else (("", None),)
    listed = inner if isinstance(inner, list) else [inner]
    return [_operator({name: each}, known) for each in listed]


def _numeric(wanted: object) -> Test:
    if not isinstance(wanted, list) or not wanted or len(wanted) % 2:
        raise InvalidPattern(_NUMERIC)
    bounds = [_bound(*pair) for pair in zip(wanted[::2], wanted[1::2], strict=True)]

    def is_within(value: Leaf) -> bool:
        decimal = _decimal(value)
        return decimal is not None and all(compare(decimal, bound) for compare, bound in bounds)

    return is_within


_Comparison = Callable[[Decimal, Decimal], bool]


def _bound(name: object, number: object) -> tuple[_Comparison, Decimal]:
    bound = _decimal(number)
    if not isinstance(name, str) or name not in _COMPARISONS or bound is None:
        raise InvalidPattern(_NUMERIC)
    return _COMPARISONS[name], bound


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(value.text) if isinstance(value, Number) else None
    except InvalidOperation:  # the exponent is too large
        return None


def _ignoring_case(wanted: Mapping[str, Any]) -> str:
    if wanted.keys() != {"equals-ignore-case"}:
        raise InvalidPattern(f"not an operator here: {', '.join(wanted)}")
    return _text(wanted["equals-ignore-case"]).lower()


def _text(wanted: object) -> str:
    if not isinstance(wanted, str):
        raise InvalidPattern("it takes a string")
    return wanted


_NUMERIC = "numeric takes comparisons, each with a number"
_COMPARISONS: Mapping[str, _Comparison] = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}
_OPERATORS: Mapping[str, Callable[[object], Test]] = {
    "exists": _exists,
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "anything-but": _anything_but,
    "numeric": _numeric,
}
