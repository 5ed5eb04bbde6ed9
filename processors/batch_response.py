"""What is not done yet in, the partial batch response that Lambda understands out."""

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict


class ItemFailure(TypedDict):
    """One record to bring again."""

    itemIdentifier: str


class BatchResponse(TypedDict):
    """Lambda's ReportBatchItemFailures answer; empty means that all went through."""

    batchItemFailures: list[ItemFailure]


def from_lowest(undone: Iterable[str]) -> BatchResponse:
    """Answer a stream, which goes on from the lowest sequence number that it is given."""
    return of(sorted(undone, key=int)[:1])


def of(undone: Iterable[str]) -> BatchResponse:
    """Answer a queue, which brings back just these messages."""
    return {"batchItemFailures": [{"itemIdentifier": each} for each in undone]}


def message_ids(event: Mapping[str, Any]) -> list[str]:
    """Return the ids of a queue batch's messages."""
    return [record["messageId"] for record in event["Records"]]
