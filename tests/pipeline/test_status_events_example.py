"""The example's queue for a shop is encrypted, hears of one shop, and keeps what cannot be read."""

import json
from typing import Any

import pytest

from tests.status_events.example import example

pytestmark = pytest.mark.synth

TOPIC = "arn:aws:sns:eu-west-1:111111111111:Ordercast-prod-StatusEvents"


@pytest.fixture(scope="module")
def resources() -> dict[str, dict[str, Any]]:
    """The properties of each resource of the example's stack, by kind and name."""
    from aws_cdk import App  # noqa: PLC0415  (importing it starts Node)
    from aws_cdk.assertions import Template  # noqa: PLC0415

    made = example("stack").StatusEventsQueueStack
    stack = made(App(), "Example", topic_arn=TOPIC, shop="Example Tea")
    resources: dict[str, dict[str, Any]] = Template.from_stack(stack).to_json()["Resources"]
    return resources


def _of(resources: dict[str, dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in resources.values() if each["Type"] == kind]


def test_the_example_s_queue_takes_one_shop_s_events(resources) -> None:
    (subscription,) = _of(resources, "AWS::SNS::Subscription")

    assert (TOPIC, "sqs") == (subscription["TopicArn"], subscription["Protocol"])
    assert {"shop": ["Example Tea"]} == subscription["FilterPolicy"]
    assert subscription["RawMessageDelivery"] is True
    assert "DeadLetters" in json.dumps(subscription["RedrivePolicy"])


def test_the_example_s_queues_are_encrypted_and_let_that_topic_in_alone(resources) -> None:
    queues = _of(resources, "AWS::SQS::Queue")
    assert [True, True] == [each["SqsManagedSseEnabled"] for each in queues]
    allowed = [
        statement
        for policy in _of(resources, "AWS::SQS::QueuePolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert allowed
    for statement in allowed:
        assert {"Service": "sns.amazonaws.com"} == statement["Principal"]
        assert {"ArnEquals": {"aws:SourceArn": TOPIC}} == statement["Condition"]
