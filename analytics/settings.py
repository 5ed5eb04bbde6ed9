"""The analytics functions' settings: written when deployed, read back when they run."""

from dataclasses import dataclass
from datetime import timedelta
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


HOURS_AGO = (3, 26, 74)
"""An hour is compared when it is over, a day later, and when all receipts must have come.

Each by an invocation of its own, so that each has all of the time.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierSettings(EnvironmentSettings):
    """What comparing needs.

    `retention` is how long rows are kept, `stream_retention` how long the stream keeps records, and
    `brought_for` how long the relay is brought one; `patience` lies between two looks.
    `silence` is after how long a text is given up that nobody is found to have sent, and
    `sole_sender` says that nobody else sends texts from the account: then its bill is ours.
    """

    stage: str
    ledger_table: str
    rollups_table: str
    receipts_table: str
    orders_stream: str
    parked_bucket: str
    retention: timedelta
    stream_retention: timedelta
    brought_for: timedelta
    patience: timedelta
    silence: timedelta
    sole_sender: bool
    default_currency: str
