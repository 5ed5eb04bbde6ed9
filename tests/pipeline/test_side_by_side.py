"""A second stage and a second Region stand beside the first without a name in common."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

Named = tuple[str, str, str]
"""A kind of resource, the property that names it, and the name."""

NO_NAMES_OF_THEIR_OWN = {
    ("AWS::CloudWatch::Alarm", "MetricName"),  # what it watches
    ("AWS::CodeDeploy::DeploymentGroup", "DeploymentConfigName"),  # one of AWS's
    ("AWS::IAM::Policy", "PolicyName"),  # inline: within its role
    ("AWS::Lambda::Alias", "Name"),  # within its function
    ("AWS::Lambda::EventSourceMapping", "FunctionName"),  # what it invokes
    ("AWS::SES::ConfigurationSetEventDestination", "ConfigurationSetName"),
}

OF_ALL_REGIONS = {"AWS::IAM::Role", "AWS::S3::Bucket"}
"""Kinds whose names no two Regions may share."""


def test_no_two_stages_of_an_account_have_a_name_in_common(
    syntheses: dict[str, Synthesis],
) -> None:
    """Stacks, exports, parameters, log groups, roles, buckets, schedules, identities."""
    for one, other in combinations(syntheses.values(), 2):
        assert set(_names(one)), one.stage
        assert [] == sorted(set(_names(one)) & set(_names(other)))


def test_a_stage_names_nothing_that_is_of_all_regions(synthesis: Synthesis) -> None:
    """The same stage may be deployed to a second Region of the account: CloudFormation makes the names."""
    worldwide = {
        (kind, name)
        for stack in synthesis.templates
        for kind, _, name in _of_stack(synthesis, stack)
        if kind in OF_ALL_REGIONS
    }
    assert set() == worldwide


def test_names_that_a_service_dictates_have_the_region_in_them(synthesis: Synthesis) -> None:
    """The account's stack has a copy in each Region."""
    dictated = [
        str(group["LogGroupName"])
        for group in synthesis.properties("AWS::Logs::LogGroup")
        if "LogGroupName" in group
    ]
    assert 2 == len(dictated)
    assert all("AWS::Region" in each for each in dictated)


def _names(synthesis: Synthesis) -> Iterator[Named]:
    """What the stage's own stacks are called, and what they call things."""
    for stack, template in synthesis.templates.items():
        if stack == "Ordercast-Account":
            continue  # one for all stages
        yield "stack", "name", stack
        yield from _of_stack(synthesis, stack)
        for output in template.get("Outputs", {}).values():
            if "Export" in output:
                yield "export", "name", str(output["Export"]["Name"])


def _of_stack(synthesis: Synthesis, stack: str) -> Iterator[Named]:
    for resource in synthesis.templates[stack]["Resources"].values():
        kind = resource["Type"]
        for field, value in resource.get("Properties", {}).items():
            names = field.endswith("Name") or field == "EmailIdentity"
            if names and (kind, field) not in NO_NAMES_OF_THEIR_OWN and not _refers(value):
                yield kind, field, str(value)


def _refers(value: Any) -> bool:
    """A name that CloudFormation makes, of another resource."""
    return isinstance(value, dict) and set(value) <= {"Ref", "Fn::GetAtt", "Fn::GetStackOutput"}
