"""The verifier is invoked often enough to go on where it ended, and never twice at a time."""

import re

import pytest

from ordercast.settings.analytics import MINUTES_APART
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth


def test_no_two_hours_read_the_stream_at_the_same_time(synthesis: Synthesis) -> None:
    """A shard gives 2 MiB and five reads a second to all its readers together, the relay among them."""
    rates = [
        re.findall(r"rate\((\d+) minutes\)", rule["Properties"]["ScheduleExpression"])
        for _, name, rule in synthesis.each("AWS::Events::Rule")
        if "Verifier" in name
    ]
    (timeout,) = [
        each["Timeout"]
        for _, _, each in synthesis.functions
        if each["Handler"] == "analytics.verifier.handler"
    ]

    assert [[str(MINUTES_APART)]] == rates
    assert MINUTES_APART * 60 > timeout
