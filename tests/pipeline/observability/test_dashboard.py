"""The dashboard shows metrics that are published, and every alarm."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from analytics import cloudwatch_metrics, verifier
from ordercast.embedded_metric_format import (
    BACK_PRESSURE,
    BUDGET_USED,
    CLOUDWATCH_OFF,
    DECIDED,
    DECIDED_LATE,
    DUE_AGE,
    DUE_BACKLOG,
    NAMESPACE,
    PARKED_METRIC,
    PROCESSING_TIME,
    SEND_ERRORS,
    SLOT_WAIT,
    SLOTS_USED,
    emf_line,
)
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

OTHERS = {
    cloudwatch_metrics.LATENCY,
    PARKED_METRIC,
    BACK_PRESSURE,
    BUDGET_USED,
    DUE_AGE,
    CLOUDWATCH_OFF,
    DECIDED,
    DECIDED_LATE,
    PROCESSING_TIME,
    SEND_ERRORS,
    verifier.METRIC,
}
PUBLISHED = cloudwatch_metrics._ESSENTIAL | OTHERS  # noqa: SLF001 - on every stage
AT_FULL = {SLOTS_USED, SLOT_WAIT, DUE_BACKLOG}


def body(synthesis: Synthesis) -> dict[str, Any]:
    """Return the dashboard as CloudWatch gets it, with a word for each reference."""
    (page,) = synthesis.properties("AWS::CloudWatch::Dashboard")
    parts = page["DashboardBody"]["Fn::Join"][1]
    found: dict[str, Any] = json.loads("".join(p if isinstance(p, str) else "x" for p in parts))
    return found


def ours(synthesis: Synthesis) -> Iterator[tuple[str, str, str]]:
    """Yield namespace, name and stage of each of our own metrics that an alarm or the page shows."""
    for widget in body(synthesis)["widgets"]:
        for metric in widget["properties"].get("metrics", []):
            if NAMESPACE == metric[0]:
                yield metric[0], metric[1], metric[metric.index("stage") + 1]
    for alarm in synthesis.properties("AWS::CloudWatch::Alarm"):
        each = [alarm] + [
            m["MetricStat"]["Metric"] for m in alarm.get("Metrics", []) if "MetricStat" in m
        ]
        for metric in each:
            if NAMESPACE == metric.get("Namespace"):
                (stage,) = [d["Value"] for d in metric["Dimensions"] if d["Name"] == "stage"]
                yield metric["Namespace"], metric["MetricName"], stage


def test_the_page_answers_four_questions(synthesis: Synthesis) -> None:
    headings = [
        widget["properties"]["markdown"]
        for widget in body(synthesis)["widgets"]
        if "text" == widget["type"]
    ]
    assert [
        "## Is it working?",
        "## Is it fast?",
        "## What does it cost?",
        "## What is stuck?",
    ] == headings


def test_every_metric_of_ours_that_is_shown_or_watched_is_published_on_every_stage(
    synthesis: Synthesis,
) -> None:
    """A misspelt metric draws an empty graph and raises no alarm."""
    shown = set(ours(synthesis))
    assert shown
    assert {synthesis.stage} == {stage for _, _, stage in shown}
    assert {name for _, name, _ in shown} <= PUBLISHED | AT_FULL
    line = emf_line({"Sent": 1}, stage=synthesis.stage, at=datetime.now(UTC))
    assert synthesis.stage == json.loads(line)["stage"]


def test_the_page_shows_the_state_of_every_alarm(synthesis: Synthesis) -> None:
    (status,) = [w for w in body(synthesis)["widgets"] if "alarm" == w["type"]]
    observing = f"Ordercast-{synthesis.stage}-Observability"
    alarms = [s for s, _, _ in synthesis.each("AWS::CloudWatch::Alarm") if s == observing]
    assert len(alarms) == len(status["properties"]["alarms"])
