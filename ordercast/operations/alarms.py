"""Read a stage's alarms from CloudWatch: what rings, since when, its threshold and value. Used by `ordercast alarms` and the console."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from ordercast.gateways import clients
from ordercast.operations.target import Target
from ordercast.settings.alarm_severity import Severity, severity_of

MOST = 1_000
"""How many alarms of a Region are read; a stage has about sixty."""

QUERIES_MAX = 500
"""The most metrics of one call (CloudWatch API, GetMetricData)."""


class AlarmState(StrEnum):
    """What an alarm says, as CloudWatch names it."""

    RINGS = "ALARM"
    QUIET = "OK"
    NO_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageAlarm:
    """An alarm of a stage: its `id` is a heading of docs/runbook.md, `runbook` the address of that entry.

    `since` is when it took this state; `means` is what it says in a sentence; `threshold` is how it is
    written, empty for one that is composed of others. `value` is the newest of its periods, None where
    nothing was counted in the last of them; `reason` is CloudWatch's.
    """

    id: str
    name: str
    region: str
    severity: Severity
    state: AlarmState
    means: str
    runbook: str
    since: datetime | None = None
    threshold: str = ""
    value: float | None = None
    reason: str = ""

    @property
    def rings(self) -> bool:
        """Whether it is on."""
        return self.state is AlarmState.RINGS

    @property
    def calls_for_an_operator(self) -> bool:
        """Whether it is on, and more than a notice."""
        return self.rings and self.severity is not Severity.NOTICE


def stage_alarms(where: Target, *, now: datetime, every: bool = False) -> list[StageAlarm]:
    """Return what rings, or *every* alarm, of the stage's Regions: the most urgent first, then the oldest.

    Raises botocore's errors: where CloudWatch cannot be read, nothing is known.
    """
    found: list[StageAlarm] = []
    for region in filter(None, (where.region, where.settings.second_region.region)):
        cloudwatch = clients.account_facts("cloudwatch", region=region)
        described = [
            each
            for each in _described(cloudwatch, where.stage)
            if every or each["StateValue"] == AlarmState.RINGS
        ]
        values = newest_values(cloudwatch, described, now=now)
        found += [alarm_of(each, region, values.get(each["AlarmName"])) for each in described]
    return sorted(found, key=_urgency)


def _urgency(alarm: StageAlarm) -> tuple[bool, int, str, str]:
    since = alarm.since.isoformat() if alarm.since else ""
    return (not alarm.rings, [*Severity].index(alarm.severity), since, alarm.id)


def _described(cloudwatch: Any, stage: str) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401
    """Yield the alarms of a stage's stacks, and of no stage whose name only begins alike."""
    stacks = re.compile(rf"Ordercast-{re.escape(stage)}-(Pipeline|Observability|SecondRegion)-")
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix=f"Ordercast-{stage}-", AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    found = (
        each
        for page in pages
        for each in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ()))
    )
    yield from (each for each in islice(found, MOST) if stacks.match(each["AlarmName"]))


def alarm_of(described: Mapping[str, Any], region: str, value: float | None = None) -> StageAlarm:
    """Return an alarm as DescribeAlarms answers it."""
    name = described["AlarmName"]
    means, _, page = described.get("AlarmDescription", "").rpartition(" ")
    anchor = page.partition("#")[2]
    id_ = _as_in_the_name(anchor, name)
    since = described.get("StateTransitionedTimestamp") or described.get("StateUpdatedTimestamp")
    return StageAlarm(
        id=id_,
        name=name,
        region=region,
        severity=severity_of(id_),
        state=AlarmState(described["StateValue"]),
        means=means,
        runbook=page,
        since=since.astimezone(UTC) if since else None,
        threshold=_threshold(described),
        value=value,
        reason=described.get("StateReason") or "",
    )


def _as_in_the_name(anchor: str, name: str) -> str:
    """Return the runbook's heading, whose letters the address has in lower case and the alarm's name as they are."""
    at = name.lower().rfind(anchor) if anchor else -1
    return name[at : at + len(anchor)] if at >= 0 else anchor or name


_COMPARED = {
    "GreaterThanOrEqualToThreshold": "at least",
    "GreaterThanThreshold": "above",
    "LessThanThreshold": "below",
    "LessThanOrEqualToThreshold": "at most",
}


def _threshold(described: Mapping[str, Any]) -> str:
    """Write the threshold with how long it must be crossed."""
    if "AlarmRule" in described:
        return ""
    compared = _COMPARED.get(described.get("ComparisonOperator", ""), "")
    written = f"{compared} {float(described['Threshold']):g}".strip()
    periods = described.get("EvaluationPeriods", 1)
    minutes = _period(described) / timedelta(minutes=1)
    return (
        f"{written} in {periods} x {minutes:g} min"
        if periods > 1
        else f"{written} in {minutes:g} min"
    )


def _period(described: Mapping[str, Any]) -> timedelta:
    """Return the length of one period; that of an alarm on several metrics is theirs."""
    named = [described.get("Period")]
    for each in described.get("Metrics") or ():
        named += [each.get("Period"), each.get("MetricStat", {}).get("Period")]
    return timedelta(seconds=max(filter(None, named), default=60))


def newest_values(
    cloudwatch: Any,  # noqa: ANN401 - stubs are chosen by literals
    described: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
) -> dict[str, float]:
    """Return the newest value of each alarm by its name; of those that have one.

    Alarms on one metric are asked for together, one on several by itself: their ids are its own.
    """
    alone = [each for each in described if each.get("MetricName")]
    found: dict[str, float] = {}
    for start in range(0, len(alone), QUERIES_MAX):
        some = alone[start : start + QUERIES_MAX]
        queries = [_query(f"m{place}", each) for place, each in enumerate(some)]
        said = _asked(cloudwatch, queries, some, now=now)
        found |= {some[int(id_[1:])]["AlarmName"]: value for id_, value in said}
    for each in described:
        if each.get("Metrics"):
            said = _asked(cloudwatch, each["Metrics"], [each], now=now)
            found.update((each["AlarmName"], value) for _, value in said)
    return found


def _query(id_: str, described: Mapping[str, Any]) -> dict[str, Any]:
    metric = {key: described[key] for key in ("Namespace", "MetricName")}
    return {
        "Id": id_,
        "MetricStat": {
            "Metric": {**metric, "Dimensions": described.get("Dimensions") or []},
            "Period": described["Period"],
            "Stat": described.get("ExtendedStatistic") or described.get("Statistic", "Sum"),
        },
    }


def _asked(
    cloudwatch: Any,  # noqa: ANN401
    queries: Sequence[Mapping[str, Any]],
    described: Iterable[Mapping[str, Any]],
    *,
    now: datetime,
) -> Iterator[tuple[str, float]]:
    """Yield what each query that returns data found last, in twice the time that its alarm looks at."""
    looked = max(2 * each.get("EvaluationPeriods", 1) * _period(each) for each in described)
    said = cloudwatch.get_metric_data(
        StartTime=now - looked,
        EndTime=now,
        ScanBy="TimestampDescending",
        MetricDataQueries=list(queries),
    )
    yield from (
        (result["Id"], float(result["Values"][0]))
        for result in said["MetricDataResults"]
        if result["Values"]
    )
