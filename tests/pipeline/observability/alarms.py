"""Find an alarm in a synthesis, and read what it measures. Used by the tests of alarms."""

import re
from typing import Any, cast

from tests.pipeline.synthesis import Synthesis

ALARM = "AWS::CloudWatch::Alarm"


def alarm_of(synthesis: Synthesis, name: str) -> dict[str, Any]:
    (found,) = [
        alarm["Properties"]
        for _, _, alarm in synthesis.each(ALARM)
        if alarm["Metadata"]["aws:cdk:path"].split("/")[-2] == name
    ]
    return cast("dict[str, Any]", found)


def functions_of(alarm: dict[str, Any]) -> set[str]:
    """Return which functions an alarm's dimension names, by their constructs."""
    (dimension,) = (each for each in alarm["Dimensions"] if each["Name"] == "FunctionName")
    return set(re.findall(r"(Sweeper|Verifier)Function", str(dimension["Value"])))


def metrics(alarm: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return name and dimensions of each metric that an alarm adds up."""
    return [
        (
            each["MetricStat"]["Metric"]["MetricName"],
            {d["Name"]: d["Value"] for d in each["MetricStat"]["Metric"].get("Dimensions", ())},
        )
        for each in alarm.get("Metrics", ())
        if "MetricStat" in each
    ]
