"""JSON that our reader refuses in, the field that it fails at and why out; nothing is quoted.

The reader stops at a value that no type of its own can hold, before it knows whose value that is.
"""

import json
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

NONE_OF_OURS = "a field that is none of ours"
TOO_LARGE = "a number too large to be one"
NO_CHARACTER = r"half of a surrogate pair (\ud800 to \udfff), which is no character"


def invalid_value_in(payload: bytes, *, fields: Collection[str]) -> str | None:
    """Return `contact.email: what is wrong`, or None where it is not a single value's fault.

    Of names only those in *fields* are told: any other may be somebody's address.
    """
    try:
        document = json.loads(payload, parse_int=_whole, parse_float=_decimal)
        path, problem = next(_troubles(document, fields), (None, ""))
    except (ValueError, RecursionError):
        return None
    return path and f"{path}: {problem}"


@dataclass(frozen=True, slots=True)
class _TooLarge:
    """Stands where a number would."""


Read = dict[str, "Read"] | list["Read"] | str | int | float | _TooLarge | None


def _whole(digits: str) -> int | _TooLarge:
    try:
        return int(digits)
    except ValueError:  # Python's own limit, which keeps a megabyte of digits from costing minutes
        return _TooLarge()


def _decimal(digits: str) -> float | _TooLarge:
    number = float(digits)
    return number if math.isfinite(number) else _TooLarge()


def _troubles(value: Read, fields: Collection[str], path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, _TooLarge):
        yield path or "event", TOO_LARGE
    elif isinstance(value, str) and not _is_text(value):
        yield path or "event", NO_CHARACTER
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _troubles(each, fields, f"{path}[{place}]")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _in_field(name, each, fields, path)


def _in_field(
    name: str, value: Read, fields: Collection[str], path: str
) -> Iterator[tuple[str, str]]:
    if name in fields:
        yield from _troubles(value, fields, f"{path}.{name}" if path else name)
        return
    where = f"{NONE_OF_OURS}, in {path}" if path else NONE_OF_OURS
    for _, problem in [*_troubles(name, fields), *_troubles(value, fields)][:1]:
        yield where, problem


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)
