"""What each function may do, and what nobody may."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

WITHOUT_A_RESOURCE = {
    "sns:GetSMSAttributes": "the attributes belong to the account; the API takes no resource",
    "sns:SetSMSAttributes": "as above",
}


def test_every_function_has_a_role_of_its_own(synthesis: Synthesis) -> None:
    roles = [
        synthesis.resolve(stack, function["Properties"]["Role"])
        for stack, _, function in synthesis.each("AWS::Lambda::Function")
    ]
    assert len(roles) == len(set(roles))


def test_no_role_takes_over_a_managed_policy(synthesis: Synthesis) -> None:
    """They allow more than is needed, and change without us."""
    for role in synthesis.properties("AWS::IAM::Role"):
        assert "ManagedPolicyArns" not in role


def test_no_statement_is_about_everything(synthesis: Synthesis) -> None:
    for statement in _statements(synthesis):
        if "*" in _list(statement.get("Resource", [])):
            assert set(_list(statement["Action"])) <= set(WITHOUT_A_RESOURCE)


def test_only_texting_phones_is_allowed_by_exception(synthesis: Synthesis) -> None:
    """A phone number has no ARN: whatever has one is excepted instead."""
    excepting = [each for each in _statements(synthesis) if "NotResource" in each]
    assert [["sns:Publish"]] == [_list(each["Action"]) for each in excepting]
    assert ":sns:*:*:*" in str(excepting[0]["NotResource"])


def test_no_action_is_a_wildcard(synthesis: Synthesis) -> None:
    for statement in _statements(synthesis):
        for action in _list(statement["Action"]):
            assert "*" not in action or action in {"kms:GenerateDataKey*", "kms:ReEncrypt*"}


@pytest.mark.parametrize(
    ("handler", "actions"),
    [
        ("processors.order_relay", {"BatchGetItem", "PartiQLInsert"}),
        ("processors.sms_sender", {"BatchGetItem", "PartiQLUpdate", "BatchWriteItem"}),
        ("processors.email_sender", {"BatchGetItem", "PartiQLUpdate", "BatchWriteItem"}),
        ("processors.receipt_tracker", {"BatchGetItem", "PartiQLUpdate"}),
        ("processors.sweeper", {"BatchGetItem", "PartiQLUpdate", "Query"}),
        (
            "analytics.processor",
            {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"},
        ),
        ("processors.sms_log_forwarder", set()),
    ],
)
def test_a_function_may_do_on_tables_exactly_what_it_does(
    synthesis: Synthesis, handler: str, actions: set[str]
) -> None:
    allowed = {
        action.removeprefix("dynamodb:")
        for statement in _of_function(synthesis, f"{handler}.handler")
        for action in _list(statement["Action"])
        if action.startswith("dynamodb:")
    }
    assert actions == allowed


def test_the_sweeper_queries_the_due_index_and_not_the_table(synthesis: Synthesis) -> None:
    (query,) = [
        statement
        for statement in _of_function(synthesis, "processors.sweeper.handler")
        if "dynamodb:Query" in _list(statement["Action"])
    ]
    assert str(query["Resource"]).endswith("'/index/due']]}")


def test_mail_leaves_only_from_our_address_and_with_our_configuration_set(
    synthesis: Synthesis,
) -> None:
    """The configuration set is what makes SES tell us of bounces and complaints."""
    (send,) = [each for each in _statements(synthesis) if "ses:SendEmail" in each["Action"]]
    sender = send["Condition"]["StringEquals"]["ses:FromAddress"]
    assert sender.startswith("orders@")
    assert ":configuration-set/" in str(send["Resource"])
    assert ":identity/" in str(send["Resource"])
    assert 2 == len(send["Resource"])


def test_a_bucket_that_is_no_longer_ours_gets_nothing(synthesis: Synthesis) -> None:
    """A deleted bucket's name can be taken by somebody else."""
    to_buckets = [
        statement
        for statement in _statements(synthesis)
        if any(action.startswith("s3:") for action in _list(statement["Action"]))
    ]
    assert to_buckets
    for statement in to_buckets:
        assert {"s3:PutObject"} == set(_list(statement["Action"])) or {"s3:ListBucket"} == set(
            _list(statement["Action"])
        )
        assert {"s3:ResourceAccount": {"Ref": "AWS::AccountId"}} == (
            statement["Condition"]["StringEquals"]
        )


def test_the_delivery_role_is_the_only_one_passed_on(syntheses: dict[str, Synthesis]) -> None:
    for stage in ("dev", "prod"):
        synthesis = syntheses[stage]
        (passed,) = [
            statement
            for statement in _of_function(synthesis, "processors.sms_attributes.handler")
            if "iam:PassRole" in _list(statement["Action"])
        ]
        role = synthesis.target("Ordercast-Account", passed["Resource"])["Properties"]
        assert "sns.amazonaws.com" in str(role["AssumeRolePolicyDocument"])


def test_no_function_reserves_concurrency(synthesis: Synthesis) -> None:
    """A new account has none to reserve: the deployment would fail."""
    for _, _, function in synthesis.functions:
        assert "ReservedConcurrentExecutions" not in function


def _statements(synthesis: Synthesis) -> Iterator[dict[str, Any]]:
    for policy in synthesis.properties("AWS::IAM::Policy"):
        yield from policy["PolicyDocument"]["Statement"]
    for role in synthesis.properties("AWS::IAM::Role"):
        for inline in role.get("Policies", []):
            yield from inline["PolicyDocument"]["Statement"]


def _of_function(synthesis: Synthesis, handler: str) -> Iterator[dict[str, Any]]:
    (role,) = [
        synthesis.resolve(stack, function["Role"])
        for stack, _, function in synthesis.functions
        if handler == function["Handler"]
    ]
    for stack, _, policy in synthesis.each("AWS::IAM::Policy"):
        holders = [synthesis.resolve(stack, holder) for holder in policy["Properties"]["Roles"]]
        if role in holders:
            yield from policy["Properties"]["PolicyDocument"]["Statement"]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
