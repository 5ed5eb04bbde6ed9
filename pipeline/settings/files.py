"""Read the settings of a stage from its file over stages/default.toml.

Used by app.py, and by set-up, which installs what the functions of every stage import.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ordercast.settings.stage import AccountSettings, BundleTarget, StageSettings
from ordercast.settings.stage_files import (
    ACCOUNT,
    CHECKOUT,
    DEFAULT,
    file_values,
    merged,
    stage_names,
)
from ordercast.typed_values import BadSettings, Kind, Settings, read_settings
from pipeline.settings.checks import account_contradictions, contradictions


class BadStage(Exception):
    """A stage cannot be deployed. The message is one line with the file, the field and what it takes."""


def read_stage(name: object, folder: Path = CHECKOUT) -> StageSettings:
    """Return the settings of a stage. Raises `BadStage`."""
    if name not in stage_names(folder):
        raise BadStage(f'no stage "{name}": stages/ has {", ".join(stage_names(folder))}')
    return _read(StageSettings, str(name), folder)


def read_targets(folder: Path = CHECKOUT) -> set[BundleTarget]:
    """Return what code is built for, each once, whatever else the stages say. Raises `BadStage`."""
    return {_read(_OnlyTarget, name, folder).target for name in stage_names(folder)}


def read_account(folder: Path = CHECKOUT) -> AccountSettings:
    """Return the settings of the account's stack. Raises `BadStage`."""
    values = _toml(ACCOUNT, folder)
    try:
        account = read_settings(AccountSettings, values)
        _refuse(account_contradictions(account), values)
    except BadSettings as error:
        raise BadStage(f"stages/{ACCOUNT}.toml: {error}") from None
    return account


class _OnlyTarget(Settings, frozen=True, forbid_unknown_fields=False):
    target: BundleTarget


def _read(kind: type[Kind], name: str, folder: Path) -> Kind:
    values = {**merged(_toml(DEFAULT, folder), _toml(name, folder)), "name": name}
    try:
        found = read_settings(kind, values)
        if isinstance(found, StageSettings):
            _refuse(contradictions(found), values)
    except BadSettings as error:
        raise _blame(error, name, folder) from None
    return found


def _toml(name: str, folder: Path) -> dict[str, Any]:
    try:
        return file_values(name, folder)
    except tomllib.TOMLDecodeError as error:
        raise BadStage(f"stages/{name}.toml: {error}") from None


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
        is not _at(_toml(DEFAULT, folder), error.field)
    )
    if inherited:
        return BadStage(f"stages/{DEFAULT}.toml: {error} (stage {name})")
    return BadStage(f"stages/{name}.toml: {error}")


def _at(values: Any, field: str) -> Any:  # noqa: ANN401  (what TOML holds)
    for part in field.split("."):
        values = values.get(part) if isinstance(values, Mapping) else None
    return values
