"""Counts in, one line of CloudWatch's embedded metric format out.

Specification: "Embedded metric format" in the Amazon CloudWatch user guide. Dimensions come from
a bounded set only; never a customer, an order or an address.
"""

import json
from collections.abc import Mapping
from datetime import datetime

NAMESPACE = "Ordercast"


def emf_line(counts: Mapping[str, int], *, stage: str, at: datetime) -> str:
    """Return the line that, printed by a function, counts *counts* in CloudWatch."""
    return json.dumps(
        {
            "_aws": {
                "Timestamp": int(at.timestamp() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [["stage"]],
                        "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
                    }
                ],
            },
            "stage": stage,
            **counts,
        }
    )
