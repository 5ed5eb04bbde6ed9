"""Read typed settings from plain values, and write them as JSON.

Used by the CDK app for stages/*.toml, by templates for brands/*/brand.toml, and by the commands
for what a deployment left in SSM.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import UnionType
from typing import Annotated, Any, Self, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct


class Duration(timedelta):
    """A span of whole seconds, written as "30 s", "5 min", "6 h" or "14 d"."""

    @classmethod
    def parse(cls, written: object) -> Self:
        """Read a written duration. Raises `ValueError` for anything else."""
        match = re.fullmatch(r"(\d+) (s|min|h|d)", written) if isinstance(written, str) else None
        if match is None:
            raise ValueError("not a duration")
        return cls(seconds=int(match[1]) * _SECONDS[match[2]])

    def written(self) -> str:
        """Return the text that `parse` reads."""
        return f"{self // timedelta(seconds=1)} s"


_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}

# Each type says in its description what is taken: `read_settings` puts it into a refusal.
Span = Annotated[Duration, Meta(description='a duration such as "30 s", "5 min" or "14 d"')]
Text = Annotated[str, Meta(description="a text in quotes")]
Flag = Annotated[bool, Meta(description="true or false")]
Positive = Annotated[int, Meta(ge=1, description="a whole number of 1 or more")]
_COUNTRY = 'a country of ISO 3166-1 in two capitals, such as "SE"'
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z", description=_COUNTRY)]
_SENDER_ID = '"", or 1 to 11 letters and digits with a letter among them'
_SHOWN = r"^(|(?=.*[A-Za-z])[A-Za-z0-9]{1,11})\Z"
SenderId = Annotated[str, Meta(pattern=_SHOWN, description=_SENDER_ID)]
_MAILBOX = r"^(|(?=.{3,200}\Z)[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)\Z"
Mailbox = Annotated[str, Meta(pattern=_MAILBOX, description='"", or an e-mail address')]


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of settings; an unknown field is refused."""


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
        found: Kind = _converted(values, kind)
    except msgspec.ValidationError as error:
        raise _refusal(kind, values, str(error)) from None
    return found


def written_settings(settings: Settings) -> str:
    """Return *settings* as JSON that `read_settings` understands."""
    return msgspec.json.encode(settings, enc_hook=Duration.written).decode()


def _converted(values: object, kind: Any) -> Any:  # noqa: ANN401  (any type of settings)
    return msgspec.convert(values, kind, dec_hook=lambda _, raw: Duration.parse(raw))


def _refusal(kind: type[Settings], values: Mapping[str, object], error: str) -> BadSettings:
    """Translate msgspec's message, which ends in a path such as `$.queues.retention`."""
    keyed = re.search(r" - at `key` in `\$\.(.+)`$", error)
    if keyed:
        return _refused_key(kind, values, keyed[1].split("."))
    at = re.search(r" - at `\$\.(.+)`$", error)
    path = list(_names(kind, values, at[1].replace("[...]", ".*"))) if at else []
    named = re.search(r"field `([^`]+)`", error)
    if named is None:
        found: Any = values
        for name in path:
            found = found[name]
        return BadSettings(".".join(path), f"is {json.dumps(found)}, not {_taken(kind, path)}")
    field = ".".join((*path, named[1]))
    if "missing" in error:
        return BadSettings(field, f"is missing; it is {_taken(kind, [*path, named[1]])}")
    from difflib import get_close_matches  # noqa: PLC0415  (settings that were deployed are known)

    known = list(get_type_hints(_type_at(kind, path)))
    near = get_close_matches(named[1], known, n=1, cutoff=0)[0]
    return BadSettings(field, f"is not known; the nearest name is {'.'.join((*path, near))}")


def _refused_key(
    kind: type[Settings], values: Mapping[str, object], path: list[str]
) -> BadSettings:
    """Name the key of a mapping that cannot be one."""
    found: Any = values
    for name in path:
        found = found[name]
    taken = get_args(_type_at(kind, path))[0]
    wrong = next(each for each in found if _is_refused(each, taken))
    (meta,) = taken.__metadata__
    return BadSettings(".".join(path), f"has the name {json.dumps(wrong)}, not {meta.description}")


def _names(kind: type[Settings], values: Mapping[str, object], path: str) -> Iterator[str]:
    """Yield the names of a path; where msgspec names no key, the first whose value is refused."""
    found: Any = values
    walked: list[str] = []
    for name in path.split("."):
        named = name
        if name == "*":
            taken = _of_values(_type_at(kind, walked))
            named = next(key for key, each in found.items() if _is_refused(each, taken))
        yield named
        walked.append(named)
        found = found[named]


def _is_refused(value: object, kind: Any) -> bool:  # noqa: ANN401  (any type of settings)
    try:
        _converted(value, kind)
    except msgspec.ValidationError:
        return True
    return False


def _type_at(kind: Any, path: list[str]) -> Any:  # noqa: ANN401  (a type, perhaps annotated)
    for name in path:
        kind = _of_values(kind) or get_type_hints(kind, include_extras=True)[name]
        if get_origin(kind) is UnionType:
            kind = next((each for each in get_args(kind) if _is_table(each)), kind)
    return kind


def _of_values(kind: Any) -> Any:  # noqa: ANN401  (a type, perhaps annotated)
    """Return the type of a mapping's values; None where each name has a type of its own."""
    return get_args(kind)[1] if get_origin(kind) is dict else None


def _is_table(kind: object) -> bool:
    """Tell whether *kind* is a table, which may be left out where it stands beside None."""
    return isinstance(kind, type) and issubclass(kind, Settings)


def _taken(kind: type[Settings], path: list[str]) -> str:
    """Return the description of a field's type, or the words that it may be."""
    found = _type_at(kind, path)
    for each in (found, *get_args(found)):
        for meta in getattr(each, "__metadata__", ()):
            return str(meta.description)
    return " or ".join(map(json.dumps, get_args(found))) or "a table"
