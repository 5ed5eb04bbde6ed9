"""Read the sums of our metrics back from CloudWatch. Used by `ordercast verify` and the demo."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from ordercast.embedded_metric_format import MetricSeries

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

_NONE: Mapping[str, str] = MappingProxyType({})


class MetricSums(Struct, frozen=True, kw_only=True):
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
        found = dict.fromkeys(names, 0.0)
        for name, _, value in self._values(names, since, until, period, dimensions):
            found[name] += value
        return found

    def by_hour(
        self,
        names: Sequence[str],
        since: datetime,
        until: datetime,
        *,
        series: MetricSeries = MetricSeries(),  # noqa: B008 (a value)
    ) -> dict[str, dict[datetime, float]]:
        """Return the sum of each metric in each hour that has one, by the hour's begin."""
        found: dict[str, dict[datetime, float]] = {name: {} for name in names}
        named = {series.dimension: series.value} if series.value else {}
        for name, hour, value in self._values(names, since, until, timedelta(hours=1), named):
            found[name][hour] = found[name].get(hour, 0.0) + value
        return found

    def _values(
        self,
        names: Sequence[str],
        since: datetime,
        until: datetime,
        period: timedelta,
        dimensions: Mapping[str, str],
    ) -> Iterator[tuple[str, datetime, float]]:
        pages = self.client.get_paginator("get_metric_data").paginate(
            StartTime=since,
            EndTime=until,
            MetricDataQueries=[
                self._query(place, name, period, dimensions) for place, name in enumerate(names)
            ],
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                name = names[int(result["Id"][1:])]
                for at, value in zip(result["Timestamps"], result["Values"], strict=True):
                    yield name, at, value

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
