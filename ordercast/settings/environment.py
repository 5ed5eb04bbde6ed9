"""Write settings as a function's environment variables, and read them. Used by constructs and handlers.

The names stand only in the settings class: the construct calls `to_env`, the handler `from_env`,
and a test on the synthesised template proves that they agree.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Self, get_type_hints

from msgspec import Struct
from msgspec.structs import fields

TRACING = "TRACING"
"""Set where a stage traces (stages/*.toml: tracing); read by processors/traced.py."""


class MissingSetting(Exception):
    """The function was deployed without a variable that its settings class names."""


class EnvironmentSettings(Struct, frozen=True, kw_only=True):
    """Fields are `str`, `int`, `bool`, `Decimal` or `timedelta` (whole seconds); `LEDGER_TABLE` is `ledger_table`."""

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Self:
        """Return the settings that *known* has under their names. Raises `KeyError` without one."""
        return cls(**{field.name: known[field.name] for field in fields(cls)})

    def to_env(self) -> dict[str, str]:
        """Return the variables to deploy."""
        return {field.name.upper(): _write(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables that `to_env` wrote.

        Raises `MissingSetting`, naming the variable, when one is absent.
        """
        types = get_type_hints(cls)
        return cls(**{f.name: _read(environ, f.name.upper(), types[f.name]) for f in fields(cls)})


def _write(value: str | int | Decimal | timedelta) -> str:
    return str(int(value.total_seconds())) if isinstance(value, timedelta) else str(value)


def _read(environ: Mapping[str, str], name: str, kind: type) -> str | int | Decimal | timedelta:
    if name not in environ:
        message = f"environment variable {name} is not set"
        raise MissingSetting(message)
    text = environ[name]
    if kind is timedelta:
        return timedelta(seconds=int(text))
    if kind is bool:
        return text == str(True)
    return kind(text) if kind in {int, Decimal} else text
