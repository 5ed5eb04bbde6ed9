"""A stage and a span of time in, what CloudWatch says was accepted in it out."""

from datetime import datetime, timedelta

import boto3

from analytics.metrics import NAMESPACE


def accepted_count(stage: str, *, since: datetime, until: datetime) -> int:
    """Return the sum of the metric `Accepted`; CloudWatch answers by the minute."""
    answer = boto3.client("cloudwatch").get_metric_data(
        StartTime=since - timedelta(minutes=1),
        EndTime=until + timedelta(minutes=1),
        MetricDataQueries=[
            {
                "Id": "accepted",
                "MetricStat": {
                    "Metric": {
                        "Namespace": NAMESPACE,
                        "MetricName": "Accepted",
                        "Dimensions": [{"Name": "stage", "Value": stage}],
                    },
                    "Period": 60,
                    "Stat": "Sum",
                },
            }
        ],
    )
    return round(sum(answer["MetricDataResults"][0]["Values"]))
