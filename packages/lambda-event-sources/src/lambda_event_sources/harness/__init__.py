"""Run a handler on the model of an event source and read what happened. Start here to write tests.

No AWS, no threads, no waiting: the clock is turned as far as the model asks.

- `run`: `run_handler`, which the pytest fixture `event_source` is
- `items`: records, faults, resharding and time, the items of the input
- `report`: what was invoked, retried, bisected, filtered, discarded
- `function`: a handler as Lambda runs it
- `stream_run`, `stream_delivery`: the input of a stream, and its delivery shard by shard
- `queue_run`: the input of a queue and its delivery
- `table_changes`, `attribute_values`: records of a table's stream
"""

from lambda_event_sources.harness.items import (
    ALWAYS,
    Change,
    MappingUpdate,
    MergeShards,
    Put,
    Raises,
    Redelivery,
    ReportsFailure,
    Returns,
    RollOverShard,
    Send,
    SplitShard,
    Throttled,
    TimePasses,
    TimesOut,
)
from lambda_event_sources.harness.report import Report
from lambda_event_sources.harness.run import random_durations, run_handler

__all__ = [
    "ALWAYS",
    "Change",
    "MappingUpdate",
    "MergeShards",
    "Put",
    "Raises",
    "Redelivery",
    "Report",
    "ReportsFailure",
    "Returns",
    "RollOverShard",
    "Send",
    "SplitShard",
    "Throttled",
    "TimePasses",
    "TimesOut",
    "random_durations",
    "run_handler",
]
