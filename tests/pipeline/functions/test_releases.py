"""Functions move to a new version behind an alias, and back when one fails."""

from typing import Any

import pytest

from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

ALIAS = "AWS::Lambda::Alias"
DEPLOYED = ("dev", "prod")


def aliases(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    return {logical_id: resource for _, logical_id, resource in synthesis.each(ALIAS)}


@pytest.fixture(params=DEPLOYED)
def synthesis(syntheses: dict[str, Synthesis], request: pytest.FixtureRequest) -> Synthesis:
    return syntheses[request.param]


def test_every_function_of_a_stage_is_invoked_by_an_alias_of_its_version(
    synthesis: Synthesis,
) -> None:
    """On $LATEST a broken deployment has all messages at once, and nothing to go back to."""
    made = aliases(synthesis)
    (pipeline,) = {stack for stack, _, _ in synthesis.each(ALIAS)}
    assert pipeline in {stack for stack, _, _ in synthesis.functions}
    assert 7 == len(made)
    invoked = [mapping["FunctionName"] for _, mapping, _ in synthesis.mappings]
    invoked += [
        target["Arn"]
        for rule in synthesis.properties("AWS::Events::Rule")
        for target in rule["Targets"]
        if "KinesisParameters" not in target
    ]
    assert made.keys() == {synthesis.resolve(pipeline, each)[1] for each in invoked}
    configs = [
        str(config["Properties"]["Qualifier"])
        for stack, _, config in synthesis.each("AWS::Lambda::EventInvokeConfig")
        if stack == pipeline
    ]
    assert [True, True] == ["Live" in each or "live" == each for each in configs]


def test_a_deployment_after_which_a_function_fails_is_taken_back(
    syntheses: dict[str, Synthesis],
) -> None:
    """CodeDeploy moves each alias, watches one alarm on all functions, and moves them back."""
    synthesis = syntheses["prod"]
    assert aliases(synthesis)
    for stack, _, alias in synthesis.each(ALIAS):
        moved = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        group = synthesis.target(stack, moved["DeploymentGroupName"])["Properties"]
        rollback = group["AutoRollbackConfiguration"]
        assert rollback["Enabled"] is True
        assert "DEPLOYMENT_STOP_ON_ALARM" in rollback["Events"]
        (alarm,) = group["AlarmConfiguration"]["Alarms"]
        watched = synthesis.target(stack, alarm["Name"])["Properties"]
        errors = [
            each["MetricStat"]["Metric"] for each in watched["Metrics"] if "MetricStat" in each
        ]
        assert ["Errors"] * 7 == [each["MetricName"] for each in errors]


def test_no_alarm_stops_a_deployment_at_once(syntheses: dict[str, Synthesis]) -> None:
    """It is over before one could be on; and it is the way out while a function keeps failing.

    A group keeps the alarms that it had unless it is told that it has none.
    """
    dev = syntheses["dev"]
    groups = dev.properties("AWS::CodeDeploy::DeploymentGroup")
    assert [False] * 7 == [each["AlarmConfiguration"]["Enabled"] for each in groups]
    assert not any(each["AlarmConfiguration"].get("Alarms") for each in groups)
    assert not any("DEPLOYMENT_STOP_ON_ALARM" in str(each) for each in groups)
    assert "ReleaseFails" not in str(dev.templates)
    assert "cloudwatch:DescribeAlarms" not in str(dev.properties("AWS::IAM::Role"))


def test_prod_tries_a_version_on_a_tenth_first(syntheses: dict[str, Synthesis]) -> None:
    config = {
        stage: {
            group["DeploymentConfigName"]
            for group in syntheses[stage].properties("AWS::CodeDeploy::DeploymentGroup")
        }
        for stage in DEPLOYED
    }
    assert config == {
        "dev": {"CodeDeployDefault.LambdaAllAtOnce"},
        "prod": {"CodeDeployDefault.LambdaCanary10Percent5Minutes"},
    }


def test_the_local_cloud_has_no_versions(syntheses: dict[str, Synthesis]) -> None:
    """Its emulator has no CodeDeploy."""
    assert ALIAS not in str(syntheses["local"].templates)
