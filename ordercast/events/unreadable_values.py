"""Find the field whose value msgspec cannot read. Used by the contract for its error message.

msgspec stops at such a value before it knows the field. No value is quoted.
"""

import json
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

UNKNOWN_FIELD = "an unknown field"
TOO_LARGE = "a number that is too large"
NO_NUMBER = "NaN or Infinity, which JSON does not have"
NO_CHARACTER = r"half of a surrogate pair (\ud800 to \udfff), which is not a character"


def invalid_value_in(payload: bytes, *, fields: Collection[str]) -> str | None:
    """Return `contact.email: what is wrong`, or None if no single value is the cause.

    Only names in *fields* are repeated: any other may be an address.
    """
    try:
        document = json.loads(
            payload, parse_int=_whole, parse_float=_decimal, parse_constant=_constant
        )
        path, problem = next(_problems(document, fields), (None, ""))
    except (ValueError, RecursionError):
        return None
    return path and f"{path}: {problem}"


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """Stands for a number that cannot be read, and says why."""

    problem: str


Read = dict[str, "Read"] | list["Read"] | str | int | float | _Unreadable | None


def _whole(digits: str) -> int | _Unreadable:
    try:
        return int(digits)
    except ValueError:  # Python's limit on digits
        return _Unreadable(TOO_LARGE)


def _decimal(digits: str) -> float | _Unreadable:
    number = float(digits)
    return number if math.isfinite(number) else _Unreadable(TOO_LARGE)


def _constant(_: str) -> _Unreadable:
    return _Unreadable(NO_NUMBER)


def _problems(value: Read, fields: Collection[str], path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, _Unreadable):
        yield path or "event", value.problem
    elif isinstance(value, str) and any("\ud800" <= each <= "\udfff" for each in value):
        yield path or "event", NO_CHARACTER
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _problems(each, fields, f"{path}[{place}]")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _in_field(name, each, fields, path)


def _in_field(
    name: str, value: Read, fields: Collection[str], path: str
) -> Iterator[tuple[str, str]]:
    if name in fields:
        yield from _problems(value, fields, f"{path}.{name}" if path else name)
        return
    where = f"{UNKNOWN_FIELD}, in {path}" if path else UNKNOWN_FIELD
    for _, problem in [*_problems(name, fields), *_problems(value, fields)][:1]:
        yield where, problem
