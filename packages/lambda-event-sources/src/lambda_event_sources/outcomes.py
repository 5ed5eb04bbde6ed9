"""What a function said about a batch comes in; which records are done goes out."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from lambda_event_sources.mapping import PAYLOAD_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The function returned; `payload` is its answer as it came over the wire."""

    payload: bytes
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The function raised or timed out: nothing is known of any record.

    `exception` is what it raised, where the function ran in this process.
    """

    error: str = "Unhandled"
    request_id: str = ""
    exception: BaseException | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInvoked:
    """The function was never asked: throttled, refused, unreachable, too large a batch."""

    reason: str


Outcome = Answered | Raised | NotInvoked


def exception_of(outcome: Outcome) -> BaseException | None:
    """Return what a function of this process raised."""
    return outcome.exception if isinstance(outcome, Raised) else None


class BatchFailed(Exception):
    """The answer names no usable record, so the whole batch failed."""


def failed_items(payload: bytes, identifiers: Collection[str]) -> list[str]:
    """Read a ReportBatchItemFailures answer: the identifiers that failed; none is complete success.

    Success: an empty or null answer, an empty or null `batchItemFailures`.
    BatchFailed: invalid JSON, an `itemIdentifier` that is an empty string, null, missing, under
    another key, not a string or not of this batch.
    https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html

    An answer that is JSON but neither an object nor empty (a bare word, a list) is not in the
    documentation; here it fails the batch, which is the louder of the two readings.
    """
    answer = _parsed(payload)
    if not answer:
        return []
    if not isinstance(answer, dict):
        raise BatchFailed
    items = answer.get("batchItemFailures")
    if not items:
        return []
    if not isinstance(items, list):
        raise BatchFailed
    return [_identifier(item, identifiers) for item in items]


def refusal_of(event: bytes) -> NotInvoked | None:
    """Refuse an event that is larger than a synchronous invocation may be."""
    return NotInvoked(reason="RequestTooLarge") if len(event) > PAYLOAD_LIMIT else None


def _parsed(payload: bytes) -> Any:  # noqa: ANN401 - whatever the function returned
    if not payload.strip():
        return None
    try:
        return json.loads(payload)
    except ValueError as error:
        raise BatchFailed from error


def _identifier(item: object, identifiers: Collection[str]) -> str:
    named = item.get("itemIdentifier") if isinstance(item, dict) else None
    if not isinstance(named, str) or named not in identifiers:
        raise BatchFailed
    return named
