"""The analytics processor's settings: written when deployed, read back when it runs."""

from dataclasses import dataclass

from gateways.environment import EnvironmentSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalyticsSettings(EnvironmentSettings):
    """What analytics needs; `stage` is the dimension of its metrics."""

    stage: str
