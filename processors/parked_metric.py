"""How many notifications a sender gave up in, one line of CloudWatch's embedded metric format out.

Specification: "Embedded metric format" in the Amazon CloudWatch user guide. The books count what is
parked at the minute in which it was accepted; an alarm needs the minute in which it was parked.
"""

import json
from datetime import datetime

from ordercast.settings.processors import NAMESPACE, PARKED_METRIC


def parked_line(count: int, *, stage: str, at: datetime) -> str:
    """Return the line that, printed by a function, counts notifications that wait for an operator."""
    metric = {"Name": PARKED_METRIC, "Unit": "Count"}
    directive = {"Namespace": NAMESPACE, "Dimensions": [["stage"]], "Metrics": [metric]}
    told = {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": told, "stage": stage, PARKED_METRIC: count})
