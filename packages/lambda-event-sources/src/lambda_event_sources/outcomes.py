"""Interpret the result of an invocation for its batch. Used by the batchers, the harness and the drivers."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from lambda_event_sources.mapping import PAYLOAD_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The function returned; `payload` is its response as JSON bytes."""

    payload: bytes
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errored:
    """The function raised or timed out, so nothing is known of any record.

    `exception` is what it raised, where the function ran in this process.
    """

    error: str = "Unhandled"
    request_id: str = ""
    exception: BaseException | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInvoked:
    """The function did not run: throttled, unreachable, or the payload was too large."""

    reason: str


Outcome = Returned | Errored | NotInvoked


def exception_of(outcome: Outcome) -> BaseException | None:
    """Return the exception that a function of this process raised, if any."""
    return outcome.exception if isinstance(outcome, Errored) else None


class UnusableResponse(Exception):
    """The response names no usable record, so the whole batch failed."""


def failed_items(payload: bytes, identifiers: Collection[str]) -> list[str]:
    """Read a partial batch response: return the identifiers that failed; none means complete success.

    Success: an empty or null response, an empty or null `batchItemFailures`.
    UnusableResponse: invalid JSON; an `itemIdentifier` that is an empty string, null, missing,
    under another key, not a string, or of no record in the batch.
    https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html

    AWS does not document a response that is JSON but neither an object nor empty (a bare word, a
    list); here it fails the batch, which is the safer reading.
    """
    answer = _parsed(payload)
    if not answer:
        return []
    if not isinstance(answer, dict):
        raise UnusableResponse
    items = answer.get("batchItemFailures")
    if not items:
        return []
    if not isinstance(items, list):
        raise UnusableResponse
    return [_identifier(item, identifiers) for item in items]


def rejection_by_size(event: bytes) -> NotInvoked | None:
    """Return NotInvoked for an event larger than a synchronous invocation may be, else None."""
    return NotInvoked(reason="RequestTooLarge") if len(event) > PAYLOAD_LIMIT else None


def _parsed(payload: bytes) -> Any:  # noqa: ANN401 - whatever the function returned
    if not payload.strip():
        return None
    try:
        return json.loads(payload)
    except ValueError as error:
        raise UnusableResponse from error


def _identifier(item: object, identifiers: Collection[str]) -> str:
    named = item.get("itemIdentifier") if isinstance(item, dict) else None
    if not isinstance(named, str) or named not in identifiers:
        raise UnusableResponse
    return named
