"""What no role may do, and what allows an exception."""

import pytest

from tests.pipeline.functions.statements import (
    each_statement,
    listed,
    statements_of_function,
)
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

WITHOUT_A_RESOURCE = {
    "sns:GetSMSAttributes": "the attributes belong to the account; the API takes no resource",
    "sns:SetSMSAttributes": "as above",
    "cloudwatch:GetMetricStatistics": "a metric has no ARN",
    "cloudwatch:GetMetricData": "as above",
    "ses:GetAccount": "it is of the account; the API takes no resource",
}


def test_every_function_has_a_role_of_its_own(synthesis: Synthesis) -> None:
    roles = [
        synthesis.resolve(stack, function["Properties"]["Role"])
        for stack, _, function in synthesis.each("AWS::Lambda::Function")
    ]
    assert len(roles) == len(set(roles))


def test_no_role_takes_over_a_managed_policy(synthesis: Synthesis) -> None:
    """They allow more than is needed, and AWS changes them."""
    for role in synthesis.properties("AWS::IAM::Role"):
        assert "ManagedPolicyArns" not in role


def test_no_statement_is_about_everything(synthesis: Synthesis) -> None:
    for statement in each_statement(synthesis):
        if "*" in listed(statement.get("Resource", [])):
            assert set(listed(statement["Action"])) <= set(WITHOUT_A_RESOURCE)


def test_only_texting_phones_is_allowed_by_exception(synthesis: Synthesis) -> None:
    """A phone number has no ARN: everything that has one is excepted instead."""
    excepting = [each for each in each_statement(synthesis) if "NotResource" in each]
    assert [["sns:Publish"]] == [listed(each["Action"]) for each in excepting]
    assert ":sns:*:*:*" in str(excepting[0]["NotResource"])


def test_no_action_is_a_wildcard(synthesis: Synthesis) -> None:
    for statement in each_statement(synthesis):
        for action in listed(statement["Action"]):
            assert "*" not in action


def test_mail_leaves_only_from_our_address_and_with_our_configuration_set(
    synthesis: Synthesis,
) -> None:
    """The configuration set is what makes SES tell us of bounces and complaints."""
    (send,) = [each for each in each_statement(synthesis) if "ses:SendEmail" in each["Action"]]
    (sender,) = send["Condition"]["StringEquals"]["ses:FromAddress"]
    assert sender.startswith("orders@")
    assert ":configuration-set/" in str(send["Resource"])
    assert ":identity/*" in str(send["Resource"])
    assert 2 == len(send["Resource"])


def test_a_bucket_that_is_no_longer_ours_gets_nothing(synthesis: Synthesis) -> None:
    """A deleted bucket's name can be taken by somebody else."""
    to_buckets = [
        statement
        for statement in each_statement(synthesis)
        if any(action.startswith("s3:") for action in listed(statement["Action"]))
    ]
    assert to_buckets
    for statement in to_buckets:
        (action,) = listed(statement["Action"])
        assert action in {"s3:PutObject", "s3:GetObject", "s3:ListBucket"}
        assert {"s3:ResourceAccount": {"Ref": "AWS::AccountId"}} == (
            statement["Condition"]["StringEquals"]
        )


def test_functions_use_keys_through_the_services_that_hold_the_data_and_not_directly(
    synthesis: Synthesis,
) -> None:
    """With a role's credentials alone nobody decrypts anything."""
    through = [
        statement["Condition"]["StringEquals"]["kms:ViaService"]["Fn::Join"][1]
        for statement in each_statement(synthesis)
        if any(action.startswith("kms:") for action in listed(statement["Action"]))
    ]
    services = {"dynamodb.", "kinesis.", "s3.", "secretsmanager.", "sns.", "sqs."}
    assert services == {service for service, *_ in through}
    for _, *rest in through:
        assert [{"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}] == rest


def test_a_service_assumes_a_role_for_no_account_but_ours(
    syntheses: dict[str, Synthesis],
) -> None:
    """Lambda's roles are bound to their functions; SNS and EventBridge could act for anybody."""
    trusted = {
        statement["Principal"]["Service"]: statement.get("Condition")
        for stage in ("dev", "prod")
        for role in syntheses[stage].properties("AWS::IAM::Role")
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
    }
    ours = {"StringEqualsIfExists": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert trusted == {
        "lambda.amazonaws.com": None,
        "sns.amazonaws.com": ours,
        "events.amazonaws.com": ours,
        "codedeploy.amazonaws.com": ours,
    }


def test_the_delivery_role_is_the_only_one_passed_on(syntheses: dict[str, Synthesis]) -> None:
    for stage in ("dev", "prod"):
        synthesis = syntheses[stage]
        (passed,) = [
            statement
            for statement in statements_of_function(synthesis, "processors.sms_attributes.handler")
            if "iam:PassRole" in listed(statement["Action"])
        ]
        role = synthesis.target("Ordercast-Account", passed["Resource"])["Properties"]
        assert "sns.amazonaws.com" in str(role["AssumeRolePolicyDocument"])
        to = {"StringEquals": {"iam:PassedToService": "sns.amazonaws.com"}}
        assert to == passed["Condition"]


def test_no_function_reserves_concurrency_unless_its_stage_says_so(synthesis: Synthesis) -> None:
    """A new account has none to reserve: the deployment would fail."""
    for _, _, function in synthesis.functions:
        assert "ReservedConcurrentExecutions" not in function
