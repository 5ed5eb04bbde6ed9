"""One entry of ListEventSourceMappings comes in; what of it AWS would not have taken, or is not modelled, goes out."""

from collections.abc import Mapping
from typing import Any

from local.event_source_model.filters import Filters
from local.event_source_model.mapping import Kind, filters_of
from local.event_source_model.operators import InvalidPattern
from local.event_source_model.queue import RECEIVE_LIMIT


def refused(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the settings of the entry for which it is better not driven.

    Each changes what a function is given: enhanced fan-out is not modelled; a filter that cannot be
    read, a FIFO queue with a window or more than ten messages a batch, and a tumbling window of
    more than a quarter of an hour or of a queue, AWS refuses when the mapping is made.
    """
    source = entry["EventSourceArn"]
    if source.split(":")[2] not in {kind.value for kind in Kind}:
        return ("EventSourceArn",)
    is_fifo = source.endswith(".fifo")
    named = {
        "EnhancedFanOut": "/consumer/" in source,
        "FilterCriteria": not _are_readable(entry),
        "TumblingWindowInSeconds": _has_no_such_window(entry),
        "BatchSize": is_fifo and entry.get("BatchSize", 0) > RECEIVE_LIMIT,
        "MaximumBatchingWindowInSeconds": is_fifo and entry.get("MaximumBatchingWindowInSeconds"),
    }
    return tuple(name for name, value in named.items() if value)


def _are_readable(entry: Mapping[str, Any]) -> bool:
    kind = Kind(entry["EventSourceArn"].split(":")[2])
    try:
        Filters(kind, filters_of(entry))
    except InvalidPattern:
        return False
    return True


def _has_no_such_window(entry: Mapping[str, Any]) -> bool:
    seconds = entry.get("TumblingWindowInSeconds") or 0
    return seconds > _LONGEST_WINDOW or (seconds > 0 and ":sqs:" in entry["EventSourceArn"])


# https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
_LONGEST_WINDOW = 900
