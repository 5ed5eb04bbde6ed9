"""Find the settings of a stage that need not be deployed. Used by `validate` and `cost --forecast`."""

import tomllib

from ordercast.settings.stage import StageSettings
from ordercast.settings.stage_files import stage_names, stage_settings
from ordercast.typed_values import BadSettings
from ordercast.usage_error import UsageError


def settings_of(stage: str) -> StageSettings:
    """Return what stages/*.toml say of *stage*.

    Raises `UsageError` if there is no such file or something in it cannot be used.
    """
    if stage not in (known := stage_names()):
        raise UsageError(
            f"no stage {stage}: stages/ has {', '.join(known)}"
            if known
            else f"no settings of stage {stage} are here: they are in a checkout of Ordercast"
        )
    try:
        return stage_settings(stage)
    except (BadSettings, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"stages/{stage}.toml: {error}") from error
