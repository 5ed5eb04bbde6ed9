"""Check a mapping's settings against the ranges that AWS accepts. Used by the harness and `unsupported`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from lambda_event_sources.mapping import EventSourceMapping, SourceKind
from lambda_event_sources.queues.queue_batcher import RECEIVE_LIMIT


class InvalidSetting(ValueError):
    """AWS would refuse to create such a mapping."""


def validated(mapping: EventSourceMapping) -> EventSourceMapping:
    """Return the mapping with -1 read as no limit; raise InvalidSetting where AWS would refuse it."""
    meant = replace(
        mapping,
        retry_attempts=None if mapping.retry_attempts == -1 else mapping.retry_attempts,
        max_record_age=None if mapping.max_record_age in {-1, -_SECOND} else mapping.max_record_age,
    )
    if named := invalid_settings(meant):
        reasons = [
            f"{name}={getattr(meant, name)}: AWS takes {taken}" for name, taken in named.items()
        ]
        raise InvalidSetting("; ".join(reasons))
    return meant


def invalid_settings(mapping: EventSourceMapping) -> dict[str, str]:
    """Return the settings that AWS refuses, each with what it accepts instead.

    https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
    """
    rows = _OF_A_STREAM
    if mapping.kind is SourceKind.SQS:
        rows = _OF_A_FIFO_QUEUE if mapping.is_fifo else _OF_A_QUEUE
    return {name: accepted for name, accepted, accepts in rows if not accepts(mapping)}


_SECOND = timedelta(seconds=1)


def _is_of_seconds(value: timedelta, least: int, most: int) -> bool:
    return (
        isinstance(value, timedelta)
        and not value % _SECOND
        and least * _SECOND <= value <= most * _SECOND
    )


def _begins_somewhere(mapping: EventSourceMapping) -> bool:
    if mapping.starting_position == "AT_TIMESTAMP":
        return (
            mapping.kind is SourceKind.KINESIS and mapping.starting_position_timestamp is not None
        )
    return mapping.starting_position in {"TRIM_HORIZON", "LATEST"}


_Row = tuple[str, str, Callable[[EventSourceMapping], bool]]

# `in range` also rejects a number with a fraction.
_BATCH_SIZE: _Row = ("batch_size", "1 to 10,000", lambda m: m.batch_size in range(1, 10_001))
_OF_A_STREAM: tuple[_Row, ...] = (
    _BATCH_SIZE,
    (
        "max_batching_window",
        "whole seconds, up to 300",
        lambda m: _is_of_seconds(m.max_batching_window, 0, 300),
    ),
    ("parallelization_factor", "1 to 10", lambda m: m.parallelization_factor in range(1, 11)),
    (
        "retry_attempts",
        "0 to 10,000, or -1 for no limit",
        lambda m: m.retry_attempts is None or m.retry_attempts in range(10_001),
    ),
    (
        "max_record_age",
        "whole seconds, 60 to 604,800, or -1 for no limit",
        lambda m: m.max_record_age is None or _is_of_seconds(m.max_record_age, 60, 604_800),
    ),
    (
        "tumbling_window",
        "whole seconds, up to 900",
        lambda m: _is_of_seconds(m.tumbling_window, 0, 900),
    ),
    (
        "starting_position",
        "TRIM_HORIZON, LATEST, or of Kinesis AT_TIMESTAMP with its time",
        _begins_somewhere,
    ),
    ("max_concurrency", "none for a stream", lambda m: m.max_concurrency is None),
)

_CONCURRENCY: _Row = (
    "max_concurrency",
    "2 to 1,000",
    lambda m: m.max_concurrency is None or m.max_concurrency in range(2, 1001),
)
_COMMON_OF_QUEUES: tuple[_Row, ...] = (
    _CONCURRENCY,
    ("parallelization_factor", "none for a queue", lambda m: m.parallelization_factor == 1),
    ("retry_attempts", "none for a queue", lambda m: m.retry_attempts is None),
    ("max_record_age", "none for a queue", lambda m: m.max_record_age is None),
    ("bisect_batch_on_error", "none for a queue", lambda m: not m.bisect_batch_on_error),
    ("tumbling_window", "none for a queue", lambda m: not m.tumbling_window),
    ("starting_position", "none for a queue", lambda m: m.starting_position == "TRIM_HORIZON"),
)
_OF_A_QUEUE: tuple[_Row, ...] = (
    _BATCH_SIZE,
    (
        "max_batching_window",
        "whole seconds, up to 300, and at least one for batches of more than ten",
        lambda m: _is_of_seconds(m.max_batching_window, m.batch_size > RECEIVE_LIMIT, 300),
    ),
    *_COMMON_OF_QUEUES,
)
_OF_A_FIFO_QUEUE: tuple[_Row, ...] = (
    (
        "batch_size",
        "1 to 10 for a FIFO queue",
        lambda m: m.batch_size in range(1, RECEIVE_LIMIT + 1),
    ),
    ("max_batching_window", "none for a FIFO queue", lambda m: not m.max_batching_window),
    *_COMMON_OF_QUEUES,
)
