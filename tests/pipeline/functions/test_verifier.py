"""The verifier compares each hour in an invocation of its own."""

import json
import re

import pytest

from ordercast.settings.analytics import HOURS_AGO
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth


def test_no_two_hours_read_the_stream_at_the_same_time(synthesis: Synthesis) -> None:
    """A shard gives 2 MiB and five reads a second to all its readers together, the relay among them."""
    begin = sorted(
        int(re.findall(r"cron\((\d+) \* ", rule["ScheduleExpression"])[0])
        for rule in synthesis.properties("AWS::Events::Rule")
        if "hours_ago" in rule["Targets"][0].get("Input", "")
    )
    (timeout,) = [
        each["Timeout"]
        for _, _, each in synthesis.functions
        if each["Handler"] == "analytics.verifier.handler"
    ]
    assert len(HOURS_AGO) == len(begin)
    apart = [
        (after - before) % 60 for before, after in zip(begin, begin[1:] + begin[:1], strict=True)
    ]
    assert min(apart) * 60 >= timeout


def test_each_hour_is_asked_for_by_a_target_of_its_own(synthesis: Synthesis) -> None:
    inputs = [
        json.loads(target["Input"])
        for rule in synthesis.properties("AWS::Events::Rule")
        for target in rule["Targets"]
        if "hours_ago" in target.get("Input", "")
    ]

    assert [{"hours_ago": hours} for hours in HOURS_AGO] == sorted(
        inputs, key=lambda each: each["hours_ago"]
    )
