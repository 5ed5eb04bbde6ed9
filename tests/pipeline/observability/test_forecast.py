"""The forecast of a month has as many alarms, keys and queues as a stage is deployed with."""

import pytest

from ordercast.operations.forecast import counted
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth


@pytest.fixture
def prod(syntheses: dict[str, Synthesis]) -> Synthesis:
    return syntheses["prod"]


def test_alarms_are_paid_by_the_metrics_that_they_look_at(prod: Synthesis) -> None:
    assert counted.ALARM_METRICS == looked_at(prod)
    assert counted.COMPOSITE_ALARMS == len([*prod.each("AWS::CloudWatch::CompositeAlarm")])


def looked_at(synthesis: Synthesis) -> int:
    """Return how many metrics a stage's alarms look at."""
    asked = [
        alarm["Properties"].get("Metrics", [{"MetricStat": True}])
        for _, _, alarm in synthesis.each("AWS::CloudWatch::Alarm")
    ]
    return sum("MetricStat" in query for queries in asked for query in queries)


def test_keys_and_queues_are_counted(prod: Synthesis) -> None:
    assert counted.KEYS == len([*prod.each("AWS::KMS::Key")])
    assert counted.SECRETS == len([*prod.each("AWS::SecretsManager::Secret")])
    mappings = [
        resource
        for _, _, resource in prod.each("AWS::Lambda::EventSourceMapping")
        if "StartingPosition" not in resource["Properties"]
    ]
    assert counted.WORK_QUEUES == len(mappings)
