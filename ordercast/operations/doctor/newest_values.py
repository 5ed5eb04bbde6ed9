"""Read the newest value of a metric of the account. Used by the readers of mail and text facts."""

from datetime import datetime
from typing import Any

A_PERIOD = 3600  # seconds


def newest_value(
    cloudwatch: Any,  # noqa: ANN401 - stubs are chosen by literals
    namespace: str,
    name: str,
    since: datetime,
    until: datetime,
) -> float | None:
    """Return the newest hour's largest value; None where there is none (GetMetricData)."""
    said = cloudwatch.get_metric_data(
        StartTime=since,
        EndTime=until,
        ScanBy="TimestampDescending",
        MetricDataQueries=[
            {
                "Id": "newest",
                "MetricStat": {
                    "Metric": {"Namespace": namespace, "MetricName": name},
                    "Period": A_PERIOD,
                    "Stat": "Maximum",
                },
            }
        ],
    )
    values = [each for result in said["MetricDataResults"] for each in result["Values"]]
    return float(values[0]) if values else None
