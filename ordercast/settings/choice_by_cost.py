"""Type when the cheapest of a country's routes is taken. Used by wiring and the checks of settings.

Set in stages/*.toml, in the table choice_by_cost.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from ordercast.typed_values import Flag, Positive, Settings

Days = Annotated[int, Meta(ge=1, le=28, description="a whole number between 1 and 28")]
LeastPercent = Annotated[int, Meta(ge=1, le=100, description="a percentage of 1 to 100")]
TrialPercent = Annotated[int, Meta(ge=0, le=20, description="a whole number between 0 and 20")]


class ChoiceByCostSettings(Settings, frozen=True):
    """Whether routes are chosen by cost, and what is known of a route before it is."""

    enabled: Flag
    days: Days
    samples: Positive
    transactional_percent: LeastPercent
    promotional_percent: LeastPercent
    trial_percent: TrialPercent


def write_choice(settings: ChoiceByCostSettings) -> str:
    """Return the text for a function's environment."""
    return msgspec.json.encode(settings).decode()


def read_choice(written: str) -> ChoiceByCostSettings:
    """Read what `write_choice` wrote."""
    return msgspec.json.decode(written, type=ChoiceByCostSettings)
