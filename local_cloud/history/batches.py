"""Put items and metrics in bulk, unconditionally. Used by the history; for a local cloud only."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from analytics.cloudwatch_metrics import OLDEST, figures_by_series
from local_cloud.metric_extraction.emf import metrics_in
from ordercast.embedded_metric_format import NAMESPACE, MetricSeries, MetricsLevel, emf_line
from ordercast.gateways.dynamodb.codec import Item
from ordercast.rollups.rollup import Amount, Amounts, Contribution, RollupKey, add
from ordercast.workflows.read_rollups import HOUR

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient

_ITEMS_A_CALL = 25  # BatchWriteItem
_DATA_A_CALL = 500  # PutMetricData takes 1,000, and 1 MB
_ROUNDS = 10


class Unwritten(Exception):
    """Items were left unprocessed again and again."""


class Batches(Struct, frozen=True, kw_only=True):
    """Puts what there is of a day, with calls side by side on *executor*."""

    dynamodb: "DynamoDBClient"
    cloudwatch: "CloudWatchClient"
    executor: Executor

    def put(self, table: str, items: Iterable[Item]) -> None:
        """Put items, each with a key of its own. Raises `Unwritten`."""
        requests = [{"PutRequest": {"Item": item}} for item in items]
        calls = [requests[n : n + _ITEMS_A_CALL] for n in range(0, len(requests), _ITEMS_A_CALL)]
        list(self.executor.map(lambda call: self._put({table: call}), calls))

    def put_metrics(
        self,
        buckets: Mapping[RollupKey, Amounts],
        *,
        stage: str,
        level: MetricsLevel,
        now: datetime,
    ) -> None:
        """Put what analytics publishes of these buckets, at the beginning of each hour.

        Not of hours that are older than CloudWatch takes.
        """
        figures: dict[tuple[str, MetricSeries], dict[str, Amount]] = {}
        for bucket, amounts in buckets.items():
            counted = Contribution(bucket=bucket, amounts=amounts)
            for series, change in figures_by_series(counted, level):
                add(figures.setdefault((bucket.hour, series), {}), change)
        data = [
            metric.datum
            for (hour, series), amounts in figures.items()
            if now - OLDEST <= _begin(hour)
            for metric in _metrics(hour, series, amounts, stage)
        ]
        for n in range(0, len(data), _DATA_A_CALL):
            self.cloudwatch.put_metric_data(
                Namespace=NAMESPACE, MetricData=data[n : n + _DATA_A_CALL]
            )

    def _put(self, requests: Any) -> None:  # noqa: ANN401 (as the SDK has it)
        for _ in range(_ROUNDS):
            requests = self.dynamodb.batch_write_item(RequestItems=requests).get("UnprocessedItems")
            if not requests:
                return
        raise Unwritten("the local cloud leaves items unprocessed")


def _metrics(hour: str, series: MetricSeries, amounts: Amounts, stage: str) -> Iterable[Any]:
    at = _begin(hour)
    values = {name: float(amount) for name, amount in amounts.items()}
    if not values:
        return []
    return metrics_in(emf_line(values, stage=stage, at=at, series=series), now=at + HOUR)


def _begin(hour: str) -> datetime:
    return datetime.fromisoformat(f"{hour}:00+00:00")
