"""Commands and producers read from SSM what a deployment published there."""

import json
from typing import Any

import pytest

from ordercast.operations.target import published
from ordercast.settings.published import (
    StageNames,
    names_parameter,
    orders_stream_parameter,
    settings_parameter,
)
from tests.pipeline.synthesis import Synthesis, in_one_region

pytestmark = pytest.mark.synth

STANDARD_TIER = 4096  # bytes, for nothing
A_NAME = 200  # characters; a queue's URL has about 130

KINDS = {
    "orders_stream": "AWS::Kinesis::Stream",
    "ledger_table": "AWS::DynamoDB::Table",
    "customers_table": "AWS::DynamoDB::Table",
    "receipts_table": "AWS::DynamoDB::Table",
    "rollups_table": "AWS::DynamoDB::Table",
    "parked_bucket": "AWS::S3::Bucket",
    "notifications_topic": "AWS::SNS::Topic",
    "address_secret": "AWS::SecretsManager::Secret",
    "receipts_queue": "AWS::SQS::Queue",
    "undelivered_queue": "AWS::SQS::Queue",
    "configuration_set": "AWS::SES::ConfigurationSet",
    "sweeper_function": "AWS::Lambda::Function",
}


def parameters(synthesis: Synthesis) -> dict[str, Any]:
    """Return the values by name; references stand where CloudFormation will put names."""
    made = synthesis.properties("AWS::SSM::Parameter")
    assert {"String"} == {each["Type"] for each in made}
    return {each["Name"]: each["Value"] for each in made}


def deployed(synthesis: Synthesis) -> dict[str, str]:
    """Return the values as deployed, with the id of a resource for its name."""
    stack = f"Ordercast-{synthesis.stage}-Pipeline"

    def text(part: Any) -> str:
        return part if isinstance(part, str) else "/".join(synthesis.resolve(stack, part))

    return {
        name: "".join(map(text, value["Fn::Join"][1])) if "Fn::Join" in value else text(value)
        for name, value in parameters(synthesis).items()
    }


def test_the_commands_read_the_settings_and_the_names_that_were_deployed(
    synthesis: Synthesis,
) -> None:
    there = deployed(synthesis)

    def get_parameters(*, Names: list[str]) -> dict[str, Any]:  # noqa: N803 - boto3's
        return {"Parameters": [{"Name": each, "Value": there[each]} for each in Names]}

    target = published(synthesis.stage, get_parameters)

    assert in_one_region(synthesis.stage) == target.settings
    for field, kind in KINDS.items():
        stack, _, logical_id = getattr(target.names, field).partition("/")
        resource = synthesis.templates[stack]["Resources"][logical_id]
        assert kind == resource["Type"], field
    read = {
        synthesis.resolve(stack, m["EventSourceArn"]) for stack, m, _ in synthesis.queue_mappings
    }
    assert read == {tuple(each.split("/")) for each in target.names.work_queues}
    assert ["sms", "email"] == list(target.names.senders)
    assert "" == target.names.status_events_topic  # off by default
    assert {*KINDS, "senders", "status_events_topic"} == set(StageNames.__struct_fields__)


def test_a_producer_reads_the_stream_s_name_without_reading_json(synthesis: Synthesis) -> None:
    names = json.loads(deployed(synthesis)[names_parameter(synthesis.stage)])
    assert names["orders_stream"] == deployed(synthesis)[orders_stream_parameter(synthesis.stage)]


def test_each_parameter_fits_into_the_tier_that_costs_nothing(synthesis: Synthesis) -> None:
    there = parameters(synthesis)
    parts = there[names_parameter(synthesis.stage)]["Fn::Join"][1]
    assert STANDARD_TIER > sum(len(p) if isinstance(p, str) else A_NAME for p in parts)
    assert STANDARD_TIER > len(there[settings_parameter(synthesis.stage)])
