"""Write CloudWatch metrics as log lines (EMF). Used by every function that publishes one.

Specification: "Embedded metric format" in the Amazon CloudWatch user guide.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

NAMESPACE = "Ordercast"

MetricsLevel = Literal["essential", "full"]
"""How many series are published (docs/rollups.md lists them); each costs money every month."""

PARKED_METRIC = "NotificationsParked"
"""Notifications that a sender parked, stamped with the minute in which it parked them: the rollups
count them at their acceptance. An alarm watches it (pipeline/constructs/observability/alarms.py)."""

PROCESSING_TIME, SEND_ERRORS = "ProcessingTime", "SendErrors"
"""Of the calls of a sender that its provider judged: how long each took from its wave's start to the
answer, waiting for its slot apart; and how many did not take their message."""

DECIDED, DECIDED_LATE = "Decided", "DecidedLate"
"""Events that the relay decided about or parked, and how many of them more than a minute after they
arrived on the stream."""

CLOUDWATCH_OFF = "CloudWatchOff"
"""By how many notifications CloudWatch differs from the rollups in the hour at which it stands."""

BUDGET_USED = "BudgetUsed"
"""How much of the fullest budget is used in its present period, in percent; alarms watch it."""

SLOTS_USED, SLOT_WAIT = "SlotsUsed", "SlotWait"
"""Slots of a sender's bucket that were drawn (ordercast/pacing), and how long a batch waited for them."""

DUE_AGE, DUE_BACKLOG = "DueAge", "DueBacklog"
"""How long the oldest row waits that the sweeper left due, which an alarm watches at every level; and
how many there are, counted up to a limit, at `full`."""

BACK_PRESSURE = "BackPressure"
"""What a provider did not take, by kind: rate, outage, quota, account (ordercast/sending/outcome.py). An alarm
watches the account's, which is published at every level."""

OPEN_BREAKERS = "OpenBreakers"
"""Routes that a breaker closes, by channel: the sweeper says it each minute while there are any. An alarm
watches it."""

UNITS = {
    DUE_AGE: "Seconds",
    "CostUSD": "None",
    "EstimatedCostUSD": "None",
    "DeliveryLatency": "Milliseconds",
    SLOT_WAIT: "Milliseconds",
    PROCESSING_TIME: "Milliseconds",
    BUDGET_USED: "Percent",
}

VALUES = 100
"""A metric may have so many values in a document (specification)."""


class MetricSeries(NamedTuple):
    """The dimensions of figures besides the stage: a name and its value, or neither."""

    dimension: str = ""
    value: str = ""


def emf_line(
    figures: Mapping[str, Any],
    *,
    stage: str,
    at: datetime,
    series: MetricSeries = MetricSeries(),  # noqa: B008 (a value)
) -> str:
    """Return one document of the format, to be printed; *at* is its time stamp."""
    dimensions = {"stage": stage, **({series.dimension: series.value} if series.value else {})}
    return json.dumps(
        {
            "_aws": {
                "Timestamp": int(at.timestamp() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [list(dimensions)],
                        "Metrics": [
                            {"Name": name, "Unit": UNITS.get(name, "Count")} for name in figures
                        ],
                    }
                ],
            },
            **dimensions,
            **figures,
        },
        allow_nan=False,
    )
