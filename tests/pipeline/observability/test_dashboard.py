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
    OPEN_BREAKERS,
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
    OPEN_BREAKERS,
    CLOUDWATCH_OFF,
    DECIDED,
    DECIDED_LATE,
    PROCESSING_TIME,
    SEND_ERRORS,
    verifier.METRIC,
}
PUBLISHED = cloudwatch_metrics._ESSENTIAL | OTHERS  # noqa: SLF001 - on every stage
AT_FULL = {SLOTS_USED, SLOT_WAIT, DUE_BACKLOG}

SHOWN = {
    "Notifications, by the minute of acceptance": (
        *(6, "Accepted Sum", "Delivered Sum", "InDoubt Sum", "Sent Sum", "Suppressed Sum"),
        "Undelivered Sum",
    ),
    "Delivered, % of what has ended": (4, "Delivered Sum", "Undelivered Sum"),
    "Calls to providers that failed, % of 24 hours": (
        *(4, "ProcessingTime SampleCount", "SendErrors Sum"),
    ),
    "Invocations of functions": (7, "Invocations Sum"),
    "Errors of functions": (7, "Errors Sum"),
    "Published on the topic, and not delivered": (
        *(2, "NumberOfMessagesPublished Sum", "NumberOfNotificationsFailed Sum"),
    ),
    "This week beside the last: notifications a day": (
        *(4, "Accepted Sum", "Delivered Sum", "Sent Sum", "Undelivered Sum"),
    ),
    "This week beside the last: delivered, %": (4, "Delivered Sum", "Undelivered Sum"),
    "CloudWatch differs from the rollups, notifications by hour": (1, "CloudWatchOff Maximum"),
    "From a wave's start to the provider's answer at p95, ms": (
        *(4, "ProcessingTime SampleCount", "ProcessingTime p95"),
    ),
    "Decided about within a minute of arrival, %": (2, "Decided Sum", "DecidedLate Sum"),
    "From acceptance to delivery, ms": (
        *(3, "DeliveryLatency p50", "DeliveryLatency p95", "DeliveryLatency p99"),
    ),
    "Age of the newest record read, ms": (2, "IteratorAge Maximum"),
    "Duration of functions at p95, ms": (7, "Duration p95"),
    "Providers' charges an hour, USD": (1, "CostUSD Sum"),
    "Per 1,000 notifications sent, USD": (2, "CostUSD Sum", "Sent Sum"),
    "Budget used, percent": (1, "BudgetUsed Maximum"),
    "Providers' charges in the time shown, USD": (1, "CostUSD Sum"),
    "Messages in queues": (5, "ApproximateNumberOfMessagesVisible Maximum"),
    "Age of the oldest message, s": (5, "ApproximateAgeOfOldestMessage Maximum"),
    "Dead letters": (6, "ApproximateNumberOfMessagesVisible Maximum"),
    "In doubt, and over their ceiling": (2, "InDoubt Sum", "OverPrice Sum"),
    "Age of what is due, s": (1, "DueAge Maximum"),
    "Closed routes": (2, "OpenBreakers Maximum"),
    "Due and not yet taken (metrics = full)": (1, "DueBacklog Sum"),
    "Of the provider's rate in use, % (metrics = full)": (2, "SlotsUsed Sum"),
    "Wait of senders for the provider's rate, ms (metrics = full)": (2, "SlotWait p95"),
    "Not taken by providers (all but account: metrics = full)": (4, "BackPressure Sum"),
}
"""How many metrics each graph shows, over all functions, queues or channels, and what each is."""

OVER_TIME = {
    "Calls to providers that failed, % of 24 hours": ({86_400}, None),
    "This week beside the last: notifications a day": ({86_400}, "-P14D"),
    "This week beside the last: delivered, %": ({86_400}, "-P14D"),
    "CloudWatch differs from the rollups, notifications by hour": ({3_600}, "-P14D"),
}
"""Of the graphs that show more than the page's last day: seconds of a point, and since when."""


def body(synthesis: Synthesis) -> dict[str, Any]:
    """Return the dashboard as CloudWatch gets it, with a word for each reference."""
    (page,) = synthesis.properties("AWS::CloudWatch::Dashboard")
    parts = page["DashboardBody"]["Fn::Join"][1]
    found: dict[str, Any] = json.loads("".join(p if isinstance(p, str) else "x" for p in parts))
    return found


def graphs(
    synthesis: Synthesis,
) -> dict[str, tuple[list[tuple[str, str, int]], str | None]]:
    """Return the metrics of each graph by its title, with statistic and seconds, and since when they are shown."""
    return {
        shown["title"]: (
            [
                (metric[1], metric[-1]["stat"], metric[-1].get("period", 300))
                for metric in shown["metrics"]
                if isinstance(metric[0], str)
            ],
            shown.get("start"),
        )
        for shown in (widget["properties"] for widget in body(synthesis)["widgets"])
        if "metrics" in shown
    }


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


def test_the_page_shows_each_figure_that_an_operator_looks_for_and_no_other(
    synthesis: Synthesis,
) -> None:
    shown = graphs(synthesis)
    assert SHOWN == {
        title: (len(metrics), *sorted({f"{name} {stat}" for name, stat, _ in metrics}))
        for title, (metrics, _) in shown.items()
    }
    assert OVER_TIME == {
        title: ({period for _, _, period in metrics}, since)
        for title, (metrics, since) in shown.items()
        if title in OVER_TIME or since
    }


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
