"""The forecast of a month has as many alarms, keys and queues as a stage is deployed with."""

import pytest

from ordercast.operations.forecast import counted
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth


@pytest.fixture
def prod(syntheses: dict[str, Synthesis]) -> Synthesis:
    return syntheses["prod"]


def test_alarms_are_paid_by_the_metrics_that_they_look_at(prod: Synthesis) -> None:
    looked_at = 0
    for _, _, alarm in prod.each("AWS::CloudWatch::Alarm"):
        queries = alarm["Properties"].get("Metrics", [{"MetricStat": True}])
        looked_at += sum("MetricStat" in query for query in queries)

    assert counted.ALARM_METRICS == looked_at
    assert counted.COMPOSITE_ALARMS == len([*prod.each("AWS::CloudWatch::CompositeAlarm")])


def test_keys_and_queues_are_counted(prod: Synthesis) -> None:
    assert counted.KEYS == len([*prod.each("AWS::KMS::Key")])
    mappings = [
        resource
        for _, _, resource in prod.each("AWS::Lambda::EventSourceMapping")
        if "StartingPosition" not in resource["Properties"]
    ]
    assert counted.WORK_QUEUES == len(mappings)
