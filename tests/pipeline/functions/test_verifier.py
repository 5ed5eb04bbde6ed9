"""The verifier compares each hour in an invocation of its own."""

import json

import pytest

from ordercast.settings.analytics import HOURS_AGO
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth


def test_each_hour_is_asked_for_by_a_target_of_its_own(synthesis: Synthesis) -> None:
    inputs = [
        json.loads(target["Input"])
        for rule in synthesis.properties("AWS::Events::Rule")
        for target in rule["Targets"]
        if "hours_ago" in target.get("Input", "")
    ]

    assert [{"hours_ago": hours} for hours in HOURS_AGO] == inputs
