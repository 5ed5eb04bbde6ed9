"""Name the settings with which a listed mapping is better not run. Used by the drivers."""

from collections.abc import Mapping
from typing import Any

from lambda_event_sources.filtering.filter_criteria import FilterCriteria
from lambda_event_sources.filtering.operators import InvalidPattern
from lambda_event_sources.limits import invalid_settings
from lambda_event_sources.mapping import SourceKind, filters_of, mapping_of


def unsupported_settings(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the settings of a ListEventSourceMappings entry for which it should not be run.

    Each would change what the function receives: enhanced fan-out is not modelled; AWS itself
    refuses a filter that cannot be read and a number out of its range.
    """
    source = entry["EventSourceArn"]
    if source.split(":")[2] not in {kind.value for kind in SourceKind}:
        return ("EventSourceArn",)
    mapping = mapping_of({"UUID": "", "FunctionArn": "", **entry})
    named = {
        "EnhancedFanOut": "/consumer/" in source,
        "FilterCriteria": not _are_readable(entry),
    }
    return (
        *(name for name, value in named.items() if value),
        *(_NAMES[name] for name in invalid_settings(mapping)),
    )


def _are_readable(entry: Mapping[str, Any]) -> bool:
    kind = SourceKind(entry["EventSourceArn"].split(":")[2])
    try:
        FilterCriteria(kind, filters_of(entry))
    except InvalidPattern:
        return False
    return True


_NAMES = {
    "batch_size": "BatchSize",
    "max_batching_window": "MaximumBatchingWindowInSeconds",
    "parallelization_factor": "ParallelizationFactor",
    "retry_attempts": "MaximumRetryAttempts",
    "max_record_age": "MaximumRecordAgeInSeconds",
    "bisect_batch_on_error": "BisectBatchOnFunctionError",
    "tumbling_window": "TumblingWindowInSeconds",
    "starting_position": "StartingPosition",
    "max_concurrency": "ScalingConfig",
}
