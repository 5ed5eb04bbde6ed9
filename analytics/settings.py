"""The analytics functions' settings: written when deployed, read back when they run."""

from dataclasses import dataclass
from typing import Literal

from gateways.environment import EnvironmentSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsSettings(EnvironmentSettings):
    """What counting needs; `stage` is a dimension of every metric, `metrics` essential or full."""

    stage: str
    metrics: str
    rollups_table: str

    @property
    def level(self) -> Literal["essential", "full"]:
        """How many series of metrics there are to be."""
        return "full" if self.metrics == "full" else "essential"
