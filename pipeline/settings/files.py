"""Read the settings of a stage from its file over stages/default.toml.

Used by app.py, and by set-up, which installs what the functions of every stage import.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ordercast.settings.stage import AccountSettings, BundleTarget, StageSettings
from ordercast.typed_values import BadSettings, Kind, Settings, read_settings
from pipeline.settings.checks import account_contradictions, contradictions

FOLDER = Path(__file__).resolve().parents[2] / "stages"
"""Where the files of stages are: set in stages/*.toml, one a stage."""

_DEFAULT, _ACCOUNT = "default", "account"


class BadStage(Exception):
    """A stage cannot be deployed. The message is one line with the file, the field and what it takes."""


def stage_names(folder: Path = FOLDER) -> list[str]:
    """Return the stages that have a file."""
    return sorted(
        path.stem for path in folder.glob("*.toml") if path.stem not in {_DEFAULT, _ACCOUNT}
    )


def read_stage(name: object, folder: Path = FOLDER) -> StageSettings:
    """Return the settings of a stage. Raises `BadStage`."""
    if name not in stage_names(folder):
        raise BadStage(f'no stage "{name}": stages/ has {", ".join(stage_names(folder))}')
    return _read(StageSettings, str(name), folder)


def read_targets(folder: Path = FOLDER) -> set[BundleTarget]:
    """Return what code is built for, each once, whatever else the stages say. Raises `BadStage`."""
    return {_read(_OnlyTarget, name, folder).target for name in stage_names(folder)}


def read_account(folder: Path = FOLDER) -> AccountSettings:
    """Return the settings of the account's stack. Raises `BadStage`."""
    values = _toml(_ACCOUNT, folder)
    try:
        account = read_settings(AccountSettings, values)
        _refuse(account_contradictions(account), values)
    except BadSettings as error:
        raise BadStage(f"stages/{_ACCOUNT}.toml: {error}") from None
    return account


class _OnlyTarget(Settings, frozen=True, forbid_unknown_fields=False):
    target: BundleTarget


def _read(kind: type[Kind], name: str, folder: Path) -> Kind:
    values = {**_merged(_toml(_DEFAULT, folder), _toml(name, folder)), "name": name}
    try:
        found = read_settings(kind, values)
        if isinstance(found, StageSettings):
            _refuse(contradictions(found), values)
    except BadSettings as error:
        raise _blame(error, name, folder) from None
    return found


def _toml(name: str, folder: Path) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadStage(f"stages/{name}.toml: {error}") from None


def _merged(default: object, own: object) -> Any:  # noqa: ANN401  (what TOML holds)
    """Lay *own* over *default*, table by table."""
    if not isinstance(default, Mapping) or not isinstance(own, Mapping):
        return own
    both = {name: _merged(default[name], own[name]) for name in default.keys() & own.keys()}
    return {**default, **own, **both}


def _refuse(found: Iterable[tuple[str, str]], values: Mapping[str, Any]) -> None:
    """Raise the first contradiction, with the value that is in the file."""
    for field, why in found:
        value = _at(values, field)
        is_now = "is not set" if value is None else f"is {json.dumps(value)}"
        raise BadSettings(field, f"{is_now}, but it {why}")


def _blame(error: BadSettings, name: str, folder: Path) -> BadStage:
    """Name the file that the value of the field comes from; the stage's own where nothing is set."""
    inherited = (
        _at(_toml(name, folder), error.field)
        is None
        is not _at(_toml(_DEFAULT, folder), error.field)
    )
    if inherited:
        return BadStage(f"stages/{_DEFAULT}.toml: {error} (stage {name})")
    return BadStage(f"stages/{name}.toml: {error}")


def _at(values: Any, field: str) -> Any:  # noqa: ANN401  (what TOML holds)
    for part in field.split("."):
        values = values.get(part) if isinstance(values, Mapping) else None
    return values
