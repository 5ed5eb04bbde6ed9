"""Type the environment of the analytics functions: written when deployed, read when they start.

Written by pipeline/constructs/functions/, read by analytics/.
"""

from datetime import timedelta

from ordercast.embedded_metric_format import MetricsLevel
from ordercast.settings.environment import EnvironmentSettings


class AnalyticsSettings(EnvironmentSettings, frozen=True, kw_only=True):
    """Settings of the counting function; `stage` is a dimension of every metric.

    Set in stages/*.toml as metrics: "essential" or "full".
    """

    stage: str
    metrics: MetricsLevel
    ledger_table: str
    rollups_table: str


HOURS_AGO = (3, 26, 74)
"""Each hour is compared when it is over, a day later, and when all receipts are in.

An hour is compared in as many passes as it needs, and the next one of that age begins after it.
"""

MINUTES_APART = 20
"""Minutes from one invocation of the verifier to the next, which is longer than its time-out."""


class VerifierSettings(EnvironmentSettings, frozen=True, kw_only=True):
    """Settings of the verifier, set in stages/*.toml as metrics, retention, sole_sender and default_currency.

    `receipt_timeout`, `claim_lease`, `velocity_floor` and `velocity_factor` too; `stream_retention` is set there as orders.retention, `redelivered_for`
    (how long Lambda redelivers a record to the relay) as order_relay.max_age, and `second_look`, the
    wait before an hour that differs is compared again, as second_look. `choice_by_cost` is read by
    `settings.choice_by_cost`; `region` is where it is deployed.
    """

    stage: str
    region: str
    metrics: MetricsLevel
    ledger_table: str
    rollups_table: str
    receipts_table: str
    orders_stream: str
    parked_bucket: str
    retention: timedelta
    stream_retention: timedelta
    redelivered_for: timedelta
    second_look: timedelta
    claim_lease: timedelta
    velocity_floor: int
    velocity_factor: int
    receipt_timeout: timedelta
    sole_sender: bool
    default_currency: str
    choice_by_cost: str
