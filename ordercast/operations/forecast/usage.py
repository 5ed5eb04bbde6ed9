"""State what a month takes of each service: by the stage, and by the message. Used by `month`.

What can be counted without an account stands in `counted`, the rest in `assumed`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from ordercast.operations.forecast import assumed, counted
from ordercast.settings.analytics import HOURS_AGO
from ordercast.settings.stage import StageSettings

DAYS = 30
SECONDS_A_DAY = 86_400
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_HOURS, _MINUTES = DAYS * 24, DAYS * 24 * 60
_MILLION, _GB, _KB = 1e6, 1e9, 1000

Usage = Mapping[str, float]
"""Amounts in the units of prices, by the price's name."""


def by_the_stage(stage: StageSettings, *, a_day: float) -> Usage:
    """Return what the stage takes without any message; shards follow the peak of so many *a_day*."""
    sweeps = _MINUTES / (stage.sweep_every / timedelta(minutes=1)) * stage.sweeper.groups
    checks = _HOURS * len(HOURS_AGO)
    seconds = {
        stage.sweeper.memory: sweeps * assumed.SWEEP_SECONDS,
        stage.verifier.memory: checks * assumed.VERIFIER_SECONDS,
    }
    polls = counted.WORK_QUEUES * assumed.POLLERS * _MINUTES * 3
    return {
        "million invocations": (sweeps + checks) / _MILLION,
        "GB second, arm64": sum(memory / 1024 * took for memory, took in seconds.items()),
        "million read units": sweeps * assumed.SWEEP_READS / _MILLION,
        "million requests": polls / _MILLION,
        "metric month": counted.SERIES[stage.metrics],
        "metric month that an alarm looks at": counted.ALARM_METRICS
        + counted.STATUS_EVENTS_ALARM_METRICS * stage.status_events.enabled,
        "composite alarm month": counted.COMPOSITE_ALARMS,
        "key month": counted.KEYS,
        "secret month": counted.SECRETS,
        "10,000 requests for keys": assumed.KEY_REQUESTS / 1e4,
    } | _stream_by_the_hour(stage, a_day)


def by_the_message(stage: StageSettings, *, a_day: float) -> Usage:
    """Return what a message takes, of a stage that has been in use for as long as it keeps things."""
    status = _status_events(stage, a_day)
    return {
        "million invocations": (assumed.INVOCATIONS + status.invocations) / _MILLION,
        "GB second, arm64": assumed.GB_SECONDS + assumed.STATUS_EVENT_SECONDS * status.events,
        "million write units": write_units(stage, a_day=a_day) / _MILLION,
        "million read units": assumed.READ_UNITS / _MILLION,
        "million publications": (assumed.PUBLICATIONS + status.calls) / _MILLION,
        "million requests": assumed.REQUESTS / _MILLION,
        "GB of logs": assumed.LOG_BYTES / _GB,
        "GB month stored": _stored(stage),
        "GB month of point-in-time recovery": _stored(stage),
    } | _stream_by_the_event(stage)


def write_units(stage: StageSettings, *, a_day: float) -> float:
    """Return the write units of a message; at larger volumes, more of them share a bucket's."""
    a_batch = batch_of(stage, a_day=a_day)
    counting = counted.OWN_UNITS + 2 * min(a_batch, counted.BUCKETS) / a_batch
    entered = counted.LEDGER_UNITS + counted.CAP_UNITS + counted.RECEIPT_UNITS
    return entered + assumed.COUNTED_TIMES * counting


def batch_of(stage: StageSettings, *, a_day: float) -> int:
    """Return the mean number of notifications in a batch of analytics; at least one."""
    a_second = a_day * assumed.COUNTED_TIMES / SECONDS_A_DAY / assumed.STREAM_LANES
    return max(1, round(a_second * stage.analytics.window.total_seconds()))


class _StatusEvents(NamedTuple):
    """Status events of a message, and its share of the calls and invocations that publish them."""

    events: float = 0
    calls: float = 0
    invocations: float = 0


def _status_events(stage: StageSettings, a_day: float) -> _StatusEvents:
    """Return what a message takes of the function for shops; a call takes ten events, and is paid as one."""
    if not stage.status_events.enabled:
        return _StatusEvents()
    events = assumed.STATUS_EVENTS
    a_second = a_day * events / SECONDS_A_DAY / assumed.STREAM_LANES
    batch = a_second * stage.status_events.window.total_seconds()
    return _StatusEvents(
        events=events,
        calls=events / min(10, max(1, batch)),
        invocations=events / min(stage.analytics.batch_size, max(1, batch)),
    )


def _stored(stage: StageSettings) -> float:
    """Return the GB months of a message: what it leaves in tables, as long as each is kept."""
    kept = {
        assumed.LEDGER_BYTES + assumed.ROLLUP_BYTES: stage.retention,
        assumed.RECEIPT_BYTES: stage.receipt_retention,
        assumed.DECISION_BYTES: 3 * 365 * _DAY,
    }
    months = timedelta(days=DAYS)
    return sum(size / _GB * (kept_for / months) for size, kept_for in kept.items())


def _stream_by_the_hour(stage: StageSettings, a_day: float) -> dict[str, float]:
    if stage.orders.mode == "on-demand":
        return {"stream hour, on-demand": _HOURS}
    at_peak = a_day * assumed.PEAK / SECONDS_A_DAY
    shards = max(stage.orders.shards or 1, -(-at_peak // assumed.SHARD_RECORDS))
    beyond = shards * _HOURS if stage.orders.retention > _DAY else 0
    return {"shard hour": shards * _HOURS, "shard hour kept beyond a day": beyond}


def _stream_by_the_event(stage: StageSettings) -> dict[str, float]:
    if stage.orders.mode == "provisioned":
        return {"million puts of 25 KB": 1 / _MILLION}
    size = -(-counted.EVENT_BYTES // _KB) * _KB / _GB
    # The relay reads it once, and the verifier at each age that the stream still has.
    readers = 1 + sum(age * _HOUR < stage.orders.retention for age in HOURS_AGO)
    beyond = max(stage.orders.retention - _DAY, timedelta()) / timedelta(days=DAYS)
    return {
        "GB put, on-demand": size,
        "GB read, on-demand": size * readers,
        "GB month kept beyond a day, on-demand": size * beyond,
    }
