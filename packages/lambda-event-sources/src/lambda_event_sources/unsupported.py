"""One entry of ListEventSourceMappings comes in; what of it AWS would not have taken, or is not modelled, goes out."""

from collections.abc import Mapping
from typing import Any

from lambda_event_sources.filtering.filters import Filters
from lambda_event_sources.filtering.operators import InvalidPattern
from lambda_event_sources.limits import out_of_range
from lambda_event_sources.mapping import Kind, filters_of, mapping_of


def refused(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the settings of the entry for which it is better not driven.

    Each changes what a function is given: enhanced fan-out is not modelled; a filter that cannot be
    read, and what `ranges` names, AWS refuses when the mapping is made.
    """
    source = entry["EventSourceArn"]
    if source.split(":")[2] not in {kind.value for kind in Kind}:
        return ("EventSourceArn",)
    mapping = mapping_of({"UUID": "", "FunctionArn": "", **entry})
    named = {
        "EnhancedFanOut": "/consumer/" in source,
        "FilterCriteria": not _are_readable(entry),
    }
    return (
        *(name for name, value in named.items() if value),
        *(_NAMES[name] for name in out_of_range(mapping)),
    )


def _are_readable(entry: Mapping[str, Any]) -> bool:
    kind = Kind(entry["EventSourceArn"].split(":")[2])
    try:
        Filters(kind, filters_of(entry))
    except InvalidPattern:
        return False
    return True


_NAMES = {
    "batch_size": "BatchSize",
    "window": "MaximumBatchingWindowInSeconds",
    "parallelization": "ParallelizationFactor",
    "max_retries": "MaximumRetryAttempts",
    "max_age": "MaximumRecordAgeInSeconds",
    "bisects": "BisectBatchOnFunctionError",
    "tumbling_window": "TumblingWindowInSeconds",
    "starting_position": "StartingPosition",
}
