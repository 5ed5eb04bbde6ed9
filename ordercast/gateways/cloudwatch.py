"""Read the sums of our metrics back from CloudWatch. Used by `ordercast verify` and the demo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSums:
    """The metrics of a namespace, read back at the level of a stage."""

    client: "CloudWatchClient"
    namespace: str
    stage: str

    def sums(
        self,
        names: Sequence[str],
        since: datetime,
        until: datetime,
        *,
        period: timedelta,
        dimensions: Mapping[str, str] = _NONE,
    ) -> dict[str, float]:
        """Return the sum of each metric; one that was never emitted is 0.

        CloudWatch answers by whole periods that begin from *since* on and before *until*.
        *dimensions* are those that a series has besides the stage.
        """
        pages = self.client.get_paginator("get_metric_data").paginate(
            StartTime=since,
            EndTime=until,
            MetricDataQueries=[
                self._query(place, name, period, dimensions) for place, name in enumerate(names)
            ],
        )
        found = dict.fromkeys(names, 0.0)
        for page in pages:
            for result in page["MetricDataResults"]:
                found[names[int(result["Id"][1:])]] += sum(result["Values"])
        return found

    def _query(
        self, place: int, name: str, period: timedelta, dimensions: Mapping[str, str]
    ) -> "MetricDataQueryTypeDef":
        named = {"stage": self.stage, **dimensions}
        return {
            "Id": f"m{place}",
            "MetricStat": {
                "Metric": {
                    "Namespace": self.namespace,
                    "MetricName": name,
                    "Dimensions": [{"Name": n, "Value": value} for n, value in named.items()],
                },
                "Period": int(period.total_seconds()),
                "Stat": "Sum",
            },
        }
