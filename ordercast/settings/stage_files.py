"""Read the values of a stage from its file over the defaults. Used by the CDK app and by `validate`.

In a checkout the files are in stages/; the package brings the defaults along for where there is none.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ordercast.settings.stage import StageSettings
from ordercast.typed_values import read_settings

CHECKOUT = Path(__file__).resolve().parents[2] / "stages"
"""Where the files of stages are: set in stages/*.toml, one a stage."""

_PACKAGED = Path(__file__).parent / "stages"

DEFAULT, ACCOUNT = "default", "account"

# What has no default, because each stage has its own.
_ANY_SENDER = {"mail_domain": "example.com", "email_from": "orders@example.com"}


def stage_names(folder: Path = CHECKOUT) -> list[str]:
    """Return the stages that have a file; none where there is no checkout."""
    return sorted(
        path.stem for path in folder.glob("*.toml") if path.stem not in {DEFAULT, ACCOUNT}
    )


def stage_settings(name: str, folder: Path = CHECKOUT) -> StageSettings:
    """Return the settings of a stage that has a file.

    Raises `BadSettings` and `tomllib.TOMLDecodeError`; contradictions between them are not looked
    for: pipeline/settings/files.py does it before a deployment.
    """
    values = merged(file_values(DEFAULT, folder), file_values(name, folder))
    return read_settings(StageSettings, {**values, "name": name})


def default_settings() -> StageSettings:
    """Return the defaults of every stage, open to all recipients, since no message leaves."""
    folder = CHECKOUT if (CHECKOUT / f"{DEFAULT}.toml").is_file() else _PACKAGED
    own = {**_ANY_SENDER, "name": DEFAULT, "allowed_recipients": "*"}
    return read_settings(StageSettings, file_values(DEFAULT, folder) | own)


def file_values(name: str, folder: Path) -> dict[str, Any]:
    """Return what one file says. Raises `tomllib.TOMLDecodeError`."""
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))


def merged(default: object, own: object) -> Any:  # noqa: ANN401  (what TOML holds)
    """Lay *own* over *default*, table by table."""
    if not isinstance(default, Mapping) or not isinstance(own, Mapping):
        return own
    both = {name: merged(default[name], own[name]) for name in default.keys() & own.keys()}
    return {**default, **own, **both}
