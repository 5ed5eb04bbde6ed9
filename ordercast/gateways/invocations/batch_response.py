"""Build Lambda's partial batch response. Used by functions that read from a stream or a queue."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict


class ItemFailure(TypedDict):
    """One record to be redelivered."""

    itemIdentifier: str


class BatchResponse(TypedDict):
    """Lambda's ReportBatchItemFailures answer; empty if all succeeded."""

    batchItemFailures: list[ItemFailure]


def from_lowest(undone: Iterable[str]) -> BatchResponse:
    """Answer a stream, which is read again from the lowest failed sequence number."""
    return of(sorted(undone, key=int)[:1])


def of(undone: Iterable[str]) -> BatchResponse:
    """Answer a queue, which redelivers these messages only."""
    return {"batchItemFailures": [{"itemIdentifier": each} for each in undone]}


def message_ids(event: Mapping[str, Any]) -> list[str]:
    """Return the ids of a queue batch's messages."""
    return [record["messageId"] for record in event["Records"]]
