"""Read several partitions as one list, newest first, and count the read units. Used by gateways of lists."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import merge
from typing import TYPE_CHECKING, Any

from ordercast.gateways.dynamodb.codec import Item
from ordercast.gateways.dynamodb.table import Table, translated
from ordercast.rollups.listed import ReadUnits

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef

FIRST_LIMIT = 32
"""Items of each partition's first page: a list of 50 is filled by that of eight, at a unit each, also where
a filter leaves every second one out."""

MOST_LIMIT = 1024
"""Items of later pages, which grow: whoever looks for something rare reads on."""


def newest_first(
    table: Table,
    queries: Sequence[Mapping[str, Any]],
    units: ReadUnits,
    *,
    by: Callable[[Item], Any],
) -> Iterator[Item]:
    """Yield the items of all *queries*, the greatest *by* first; a page is read when it is needed.

    First pages are read side by side. Reads are eventually consistent. Raises `LedgerUnavailable`.
    """

    def ask(query: Mapping[str, Any]) -> "QueryOutputTypeDef":
        return _ask(table, query, units)

    first = [{"Limit": FIRST_LIMIT, **each} for each in queries]
    pages = list(table.executor.map(ask, first))
    return merge(
        *(_items(query, page, ask) for query, page in zip(first, pages, strict=True)),
        key=by,
        reverse=True,
    )


def _items(
    query: Mapping[str, Any],
    page: "QueryOutputTypeDef",
    ask: Callable[[Mapping[str, Any]], "QueryOutputTypeDef"],
) -> Iterator[Item]:
    yield from page["Items"]
    limit = query["Limit"]
    while "LastEvaluatedKey" in page:
        limit = min(MOST_LIMIT, 4 * limit)
        page = ask({**query, "Limit": limit, "ExclusiveStartKey": page["LastEvaluatedKey"]})
        yield from page["Items"]


def _ask(table: Table, query: Mapping[str, Any], units: ReadUnits) -> "QueryOutputTypeDef":
    with translated():
        page = table.client.query(
            TableName=table.name, ScanIndexForward=False, ReturnConsumedCapacity="TOTAL", **query
        )
    units.take(page["ConsumedCapacity"]["CapacityUnits"])
    return page
