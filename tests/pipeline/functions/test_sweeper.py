"""The sweeper is invoked once for each group of shards."""

import json

import pytest

from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth


def test_each_group_is_a_target_of_its_own(syntheses: dict[str, Synthesis]) -> None:
    inputs = [
        json.loads(target["Input"])
        for rule in syntheses["prod"].properties("AWS::Events::Rule")
        for target in rule["Targets"]
        if "groups" in target.get("Input", "")
    ]

    assert [{"group": group, "groups": 4} for group in range(4)] == inputs
