"""Read typed settings from plain values, and write them as JSON.

Used by the CDK app for stages/*.toml and by the commands for what a deployment left in SSM.
"""

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from ordercast.settings.stage import Duration, Settings


class BadSettings(Exception):
    """One field cannot be used. The message is one line that begins with its name."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(f"{field} {what}")
        self.field = field


Kind = TypeVar("Kind", bound=Settings)


def read_settings(kind: type[Kind], values: Mapping[str, object]) -> Kind:
    """Return *values* as a *kind*.

    Raises `BadSettings` naming the field, what was found, and what is taken instead.
    """
    try:
        return msgspec.convert(values, kind, dec_hook=lambda _, raw: Duration.parse(raw))
    except msgspec.ValidationError as error:
        raise _refusal(kind, values, str(error)) from None


def written_settings(settings: Settings) -> str:
    """Return *settings* as JSON that `read_settings` understands."""
    return msgspec.json.encode(settings, enc_hook=Duration.written).decode()


def _refusal(kind: type[Settings], values: Mapping[str, object], error: str) -> BadSettings:
    """Translate msgspec's message, which ends in a path such as `$.queues.retention`."""
    at = re.search(r" - at `\$\.(.+)`$", error)
    path = at[1].split(".") if at else []
    named = re.search(r"field `([^`]+)`", error)
    if named is None:
        found: Any = values
        for name in path:
            found = found[name]
        return BadSettings(".".join(path), f"is {json.dumps(found)}, not {_taken(kind, path)}")
    field = ".".join((*path, named[1]))
    if "missing" in error:
        return BadSettings(field, f"is missing; it is {_taken(kind, [*path, named[1]])}")
    known = list(get_type_hints(_type_at(kind, path)))
    near = get_close_matches(named[1], known, n=1, cutoff=0)[0]
    return BadSettings(field, f"is not known; the nearest name is {'.'.join((*path, near))}")


def _type_at(kind: Any, path: list[str]) -> Any:  # noqa: ANN401  (a type, perhaps annotated)
    for name in path:
        kind = get_type_hints(kind, include_extras=True)[name]
    return kind


def _taken(kind: type[Settings], path: list[str]) -> str:
    """Return the description of a field's type, or the words that it may be."""
    found = _type_at(kind, path)
    for each in (found, *get_args(found)):
        for meta in getattr(each, "__metadata__", ()):
            return str(meta.description)
    return " or ".join(map(json.dumps, get_args(found))) or "a table"
