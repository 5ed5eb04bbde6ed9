"""Tumbling windows on the local cloud keep their state from batch to batch."""

import json
from typing import Any

import pytest

from tests.eventually import eventually

RECORDS = 6


def windows(deployed: Any) -> list[int]:
    listed = deployed.client("lambda").list_event_source_mappings(FunctionName=deployed.name)
    return [each["TumblingWindowInSeconds"] for each in listed["EventSourceMappings"]]


def test_what_a_window_counted_is_made_an_end_of_when_it_is_over(deployed):
    """Batches of one: without its state a window's end would say one, whatever was in it."""
    arn = deployed.stream()
    deployed.put(*["a"] * RECORDS)

    deployed.map(arn, BatchSize=1, StartingPosition="TRIM_HORIZON", TumblingWindowInSeconds=5)

    assert eventually(lambda: RECORDS == deployed.taken(), within=60)


def test_a_mapping_s_window_may_be_changed(deployed):
    uuid = deployed.map(deployed.stream(), StartingPosition="LATEST", TumblingWindowInSeconds=60)
    assert [60] == windows(deployed)

    answer = deployed.client("lambda").update_event_source_mapping(
        UUID=uuid, TumblingWindowInSeconds=120
    )

    assert 120 == answer["TumblingWindowInSeconds"]
    assert [120] == windows(deployed)


@pytest.fixture
def cloudformation(deployed):
    client = deployed.client("cloudformation")
    yield client
    client.delete_stack(StackName=deployed.name)


def test_a_template_s_mapping_has_its_window(deployed, cloudformation):
    def template(seconds: int) -> str:
        mapping = {
            "FunctionName": deployed.name,
            "EventSourceArn": arn,
            "StartingPosition": "LATEST",
            "TumblingWindowInSeconds": seconds,
        }
        resource = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping}
        return json.dumps({"Resources": {"Mapping": resource}})

    arn, soon = deployed.stream(), {"Delay": 1}
    cloudformation.create_stack(StackName=deployed.name, TemplateBody=template(60))
    created = cloudformation.get_waiter("stack_create_complete")
    created.wait(StackName=deployed.name, WaiterConfig=soon)
    assert [60] == windows(deployed)

    cloudformation.update_stack(StackName=deployed.name, TemplateBody=template(90))
    updated = cloudformation.get_waiter("stack_update_complete")
    updated.wait(StackName=deployed.name, WaiterConfig=soon)
    assert [90] == windows(deployed)
