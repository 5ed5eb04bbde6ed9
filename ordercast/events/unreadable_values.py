"""Decode JSON in which a value is none that JSON or a type can hold. Used by the readers of events and customers.

msgspec stops at such a value, so it is found and marked: only the field that has it is spoilt. No
value is quoted.
"""

import json
import math
from typing import Any

import msgspec
from msgspec import Struct

UNKNOWN_FIELD = "an unknown field"
TOO_LARGE = "a number that is too large"
NO_NUMBER = "NaN or Infinity, which JSON does not have"
NO_CHARACTER = r"half of a surrogate pair (\ud800 to \udfff), which is not a character"


class Unreadable(Struct, frozen=True):
    """Stands for a value that cannot be read, and says why."""

    problem: str


class Repeated(Struct, frozen=True):
    """Stands for the values of a name that is there more than once in its object."""

    values: tuple[Any, ...]


def decoded_with_repetitions(content: bytes) -> Any:  # noqa: ANN401  (any JSON)
    """Decode JSON as `decoded` does; the values of a repeated name become `Repeated`."""
    document = decoded(content)
    repeated = False

    def together(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        found: dict[str, list[Any]] = {}
        for name, value in pairs:
            found.setdefault(name, []).append(value)
        repeated = repeated or len(found) < len(pairs)
        return {n: each[0] if len(each) == 1 else Repeated((*each,)) for n, each in found.items()}

    again = json.loads(content, object_pairs_hook=together, **_NUMBERS)
    return _marked(again) if repeated else document


def decoded(content: bytes | str) -> Any:  # noqa: ANN401  (any JSON)
    """Decode JSON; a value that nothing can hold becomes `Unreadable`.

    Raises what msgspec does: `DecodeError`, `UnicodeDecodeError` or `RecursionError`.
    """
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeError) as error:
        try:
            return _marked(json.loads(content, **_NUMBERS))
        except (ValueError, RecursionError):
            raise error from None


def _marked(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str) and any("\ud800" <= each <= "\udfff" for each in value):
        return Unreadable(NO_CHARACTER)
    if isinstance(value, Repeated):
        return Repeated((*map(_marked, value.values),))
    if isinstance(value, list):
        return [_marked(each) for each in value]
    if isinstance(value, dict):
        # A name with half a pair is nobody's, and would not be text either.
        return {
            name.encode(errors="replace").decode(): _marked(each) for name, each in value.items()
        }
    return value


def _whole(digits: str) -> int | Unreadable:
    try:
        return int(digits)
    except ValueError:  # Python's limit on digits
        return Unreadable(TOO_LARGE)


def _decimal(digits: str) -> float | Unreadable:
    number = float(digits)
    return number if math.isfinite(number) else Unreadable(TOO_LARGE)


def _constant(_: str) -> Unreadable:
    return Unreadable(NO_NUMBER)


_NUMBERS: dict[str, Any] = {
    "parse_int": _whole,
    "parse_float": _decimal,
    "parse_constant": _constant,
}
