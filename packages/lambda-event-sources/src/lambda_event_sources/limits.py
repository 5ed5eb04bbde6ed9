"""A mapping's settings come in; those that AWS would not take go out, each with what it does take."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from lambda_event_sources.mapping import EventSourceMapping, Kind
from lambda_event_sources.queues.batcher import RECEIVE_LIMIT


class SettingRefused(ValueError):
    """AWS would not make such a mapping."""


def checked(mapping: EventSourceMapping) -> EventSourceMapping:
    """Return the mapping with -1 as AWS means it, no limit; SettingRefused names what it refuses."""
    meant = replace(
        mapping,
        max_retries=None if mapping.max_retries == -1 else mapping.max_retries,
        max_age=None if mapping.max_age in {-1, -_SECOND} else mapping.max_age,
    )
    if named := out_of_range(meant):
        told = [
            f"{name}={getattr(meant, name)}: AWS takes {taken}" for name, taken in named.items()
        ]
        raise SettingRefused("; ".join(told))
    return meant


def out_of_range(mapping: EventSourceMapping) -> dict[str, str]:
    """Name the settings that AWS refuses, each with what it takes instead.

    https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
    """
    rows = _OF_A_STREAM
    if mapping.kind is Kind.SQS:
        rows = _OF_A_FIFO_QUEUE if mapping.is_fifo else _OF_A_QUEUE
    return {name: taken for name, taken, takes in rows if not takes(mapping)}


_SECOND = timedelta(seconds=1)


def _is_of_seconds(value: timedelta, least: int, most: int) -> bool:
    return (
        isinstance(value, timedelta)
        and not value % _SECOND
        and least * _SECOND <= value <= most * _SECOND
    )


def _begins_somewhere(mapping: EventSourceMapping) -> bool:
    if mapping.starting_position == "AT_TIMESTAMP":
        return mapping.kind is Kind.KINESIS and mapping.starting_at is not None
    return mapping.starting_position in {"TRIM_HORIZON", "LATEST"}


_Row = tuple[str, str, Callable[[EventSourceMapping], bool]]

# `in range` also refuses what is no whole number.
_BATCH_SIZE: _Row = ("batch_size", "1 to 10,000", lambda m: m.batch_size in range(1, 10_001))
_OF_A_STREAM: tuple[_Row, ...] = (
    _BATCH_SIZE,
    ("window", "whole seconds, up to 300", lambda m: _is_of_seconds(m.window, 0, 300)),
    ("parallelization", "1 to 10", lambda m: m.parallelization in range(1, 11)),
    (
        "max_retries",
        "0 to 10,000, or -1 for no limit",
        lambda m: m.max_retries is None or m.max_retries in range(10_001),
    ),
    (
        "max_age",
        "whole seconds, 60 to 604,800, or -1 for no limit",
        lambda m: m.max_age is None or _is_of_seconds(m.max_age, 60, 604_800),
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
)

_NOT_OF_A_QUEUE: tuple[_Row, ...] = (
    ("parallelization", "none for a queue", lambda m: m.parallelization == 1),
    ("max_retries", "none for a queue", lambda m: m.max_retries is None),
    ("max_age", "none for a queue", lambda m: m.max_age is None),
    ("bisects", "none for a queue", lambda m: not m.bisects),
    ("tumbling_window", "none for a queue", lambda m: not m.tumbling_window),
    ("starting_position", "none for a queue", lambda m: m.starting_position == "TRIM_HORIZON"),
)
_OF_A_QUEUE: tuple[_Row, ...] = (
    _BATCH_SIZE,
    (
        "window",
        "whole seconds, up to 300, and at least one for batches of more than ten",
        lambda m: _is_of_seconds(m.window, m.batch_size > RECEIVE_LIMIT, 300),
    ),
    *_NOT_OF_A_QUEUE,
)
_OF_A_FIFO_QUEUE: tuple[_Row, ...] = (
    (
        "batch_size",
        "1 to 10 for a FIFO queue",
        lambda m: m.batch_size in range(1, RECEIVE_LIMIT + 1),
    ),
    ("window", "none for a FIFO queue", lambda m: not m.window),
    *_NOT_OF_A_QUEUE,
)
