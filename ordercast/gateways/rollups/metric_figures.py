"""Keep what was seen of an hour's figures, in the rollups table. Used by the verifier."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from ordercast.embedded_metric_format import MetricSeries
from ordercast.gateways.dynamodb.codec import Item, number, text
from ordercast.gateways.dynamodb.table import Table, translated
from ordercast.reconciliation.metric_figures import HourFigures, SeriesFigures

PARTITION = "metrics"

KEPT = timedelta(days=30)
"""For how long an item stays: after two weeks CloudWatch takes nothing any more."""


class DynamoMetricFigures(Struct, frozen=True, kw_only=True):
    """An item for each hour."""

    table: Table

    def load(self, first: str, last: str) -> dict[str, HourFigures]:
        """Return what there is of the hours from *first* to *last*, by hour. Raises `LedgerUnavailable`."""
        pages = self.table.client.get_paginator("query").paginate(
            TableName=self.table.name,
            KeyConditionExpression="pk = :metrics AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":metrics": text(PARTITION),
                ":first": text(first),
                ":last": text(last),
            },
            ConsistentRead=True,
        )
        with translated():
            return {item["sk"]["S"]: _read(item) for page in pages for item in page["Items"]}

    def save(self, figures: HourFigures) -> bool:
        """Put it in the place of the revision before it; answer whether nobody else was faster.

        Raises `LedgerUnavailable`.
        """
        assumed: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if figures.revision > 1:
            assumed = {
                "ConditionExpression": "revision = :before",
                "ExpressionAttributeValues": {":before": number(figures.revision - 1)},
            }
        client = self.table.client
        with translated():
            try:
                client.put_item(TableName=self.table.name, Item=_write(figures), **assumed)
            except client.exceptions.ConditionalCheckFailedException:
                return False
        return True


def _write(figures: HourFigures) -> dict[str, Any]:
    filled = {} if figures.filled is None else {"filled": text(_json(figures.filled))}
    return {
        "pk": text(PARTITION),
        "sk": text(figures.hour),
        "figures": text(_json(figures.figures)),
        "since": text(figures.since.isoformat()),
        "revision": number(figures.revision),
        "ttl": number(int((figures.since + KEPT).timestamp())),
        **filled,
    }


def _read(item: Item) -> HourFigures:
    return HourFigures(
        hour=item["sk"]["S"],
        figures=_figures(item["figures"]["S"]),
        since=datetime.fromisoformat(item["since"]["S"]).astimezone(UTC),
        filled=_figures(item["filled"]["S"]) if "filled" in item else None,
        revision=int(item["revision"]["N"]),
    )


def _json(figures: SeriesFigures) -> str:
    return json.dumps([[*series, dict(named)] for series, named in figures.items()])


def _figures(written: str) -> Mapping[MetricSeries, dict[str, float]]:
    return {MetricSeries(*series): named for *series, named in json.loads(written)}
