"""A sender publishes what it parked and, at `full`, the pace of its channel."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from ordercast.embedded_metric_format import (
    BACK_PRESSURE,
    PARKED_METRIC,
    PROCESSING_TIME,
    SEND_ERRORS,
    SLOT_WAIT,
    SLOTS_USED,
    VALUES,
    MetricsLevel,
)
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import BackPressure
from ordercast.workflows.send.sent import Sent
from processors.sender_metrics import emf_lines
from tests.fakes.clock import START


def published(sent: Sent, level: MetricsLevel = "full") -> list[dict[str, Any]]:
    lines = emf_lines(sent, Channel.SMS, stage="dev", level=level, at=START)
    return [json.loads(line) for line in lines]


def test_the_pace_of_a_channel_is_published_in_slots_and_milliseconds() -> None:
    (line,) = published(Sent(slots=75, waited=timedelta(seconds=2.5)))

    assert (75, 2500, "sms") == (line[SLOTS_USED], line[SLOT_WAIT], line["channel"])
    (metrics,) = line["_aws"]["CloudWatchMetrics"]
    assert [["stage", "channel"]] == metrics["Dimensions"]
    assert {SLOTS_USED: "Count", SLOT_WAIT: "Milliseconds"} == {
        each["Name"]: each["Unit"] for each in metrics["Metrics"]
    }


@pytest.mark.parametrize(
    ("level", "named"), [("essential", [PARKED_METRIC]), ("full", [PARKED_METRIC, SLOTS_USED])]
)
def test_what_is_parked_is_published_at_every_level_the_pace_only_at_full(level, named) -> None:
    sent = Sent(slots=1)
    sent.settled[State.PARKED] = 2

    assert named == [
        next(n for n in (PARKED_METRIC, SLOTS_USED) if n in line) for line in published(sent, level)
    ]


@pytest.mark.parametrize(
    ("level", "kinds"),
    [("essential", ["account"]), ("full", ["rate", "outage", "quota", "account"])],
)
def test_trouble_with_the_account_is_published_at_every_level_for_its_alarm(level, kinds) -> None:
    sent = Sent(refused=Counter(dict.fromkeys(BackPressure, 2)))

    lines = published(sent, level)
    assert kinds == [line["kind"] for line in lines]
    assert {2} == {line[BACK_PRESSURE] for line in lines}


@pytest.mark.parametrize("level", ["essential", "full"])
def test_processing_times_and_errors_are_published_by_channel_at_every_level(level) -> None:
    """More values than a document takes would be dropped in silence."""
    took = [timedelta(milliseconds=n) for n in range(VALUES + 2)]

    first, second = published(Sent(processing=took, errors=3), level)

    assert ("sms", "sms") == (first["channel"], second["channel"])
    assert list(range(VALUES + 2)) == first[PROCESSING_TIME] + second[PROCESSING_TIME]
    assert (VALUES, 3) == (len(first[PROCESSING_TIME]), first[SEND_ERRORS] + second[SEND_ERRORS])


def test_a_batch_that_drew_no_slot_publishes_no_pace() -> None:
    assert [] == published(Sent(skipped=3))
