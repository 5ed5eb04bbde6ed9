"""What one stack knows of another: strongly, where a change would replace something."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

REPLACED_BY = {
    "AWS::Lambda::EventSourceMapping": ("EventSourceArn",),
    "AWS::SNS::Subscription": ("TopicArn", "Endpoint", "Protocol"),
}
"""Properties of resources with references to other stacks whose change replaces the resource."""

REPLACED_BY_NONE = {
    *("AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard", "AWS::Events::Rule"),
    *(
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
    ),
    *("AWS::Logs::QueryDefinition",),
    *("AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::SSM::Parameter"),
    *("AWS::CloudWatch::CompositeAlarm", "AWS::Lambda::Permission"),
}
"""Kinds that a change of what they refer to only updates."""


def test_what_a_replacement_would_break_is_referred_to_strongly(synthesis: Synthesis) -> None:
    """A weak reference is unknown until it is deployed: every deployment might replace the mapping."""
    strong = 0
    for stack, template in synthesis.templates.items():
        for logical_id, resource in template["Resources"].items():
            kind, properties = resource["Type"], resource.get("Properties", {})
            for name, value in properties.items():
                if name in REPLACED_BY.get(kind, ()):
                    assert "Fn::GetStackOutput" not in str(value), (stack, logical_id, name)
                    strong += "Fn::ImportValue" in str(value)
    # The order relay's and analytics' mapping, and the subscription to the account's receipts.
    assert 3 == strong


def test_every_kind_with_a_weak_reference_is_known_to_be_updated_in_place(
    synthesis: Synthesis,
) -> None:
    weak = set(_kinds_with(synthesis, "Fn::GetStackOutput"))
    assert weak <= REPLACED_BY_NONE | REPLACED_BY.keys()


def test_exports_are_three_arns_that_no_update_changes(synthesis: Synthesis) -> None:
    """Each export keeps its owner from replacing it: more than these would be in the way."""
    exports = {
        (stack, output["Export"]["Name"].rpartition("ExportsOutputFnGetAtt")[2])
        for stack, template in synthesis.templates.items()
        for output in template.get("Outputs", {}).values()
        if "ExportsOutput" in output.get("Export", {}).get("Name", "")
    }
    data = f"Ordercast-{synthesis.stage}-Data"
    assert ["Ordercast-Account", data, data] == sorted(stack for stack, _ in exports)


def _kinds_with(synthesis: Synthesis, function: str) -> Iterator[str]:
    for template in synthesis.templates.values():
        for resource in template["Resources"].values():
            if _refers(resource.get("Properties", {}), function):
                yield resource["Type"]


def _refers(value: Any, function: str) -> bool:
    return function in str(value)
