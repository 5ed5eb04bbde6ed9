"""What each function is allowed to do, and what no role is."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

WITHOUT_A_RESOURCE = {
    "sns:GetSMSAttributes": "the attributes belong to the account; the API takes no resource",
    "sns:SetSMSAttributes": "as above",
    "cloudwatch:GetMetricStatistics": "a metric has no ARN",
    "cloudwatch:GetMetricData": "as above",
    "ses:GetAccount": "it is of the account; the API takes no resource",
}

SENDING = {
    "Ledger": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
    "Customers": {"BatchGetItem"},
    "Receipts": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
}

MERGING_RECEIPTS = {
    "Ledger": {"BatchGetItem", "PartiQLUpdate"},
    "Customers": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
    "Receipts": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
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
    for statement in _statements(synthesis):
        if "*" in _list(statement.get("Resource", [])):
            assert set(_list(statement["Action"])) <= set(WITHOUT_A_RESOURCE)


def test_only_texting_phones_is_allowed_by_exception(synthesis: Synthesis) -> None:
    """A phone number has no ARN: everything that has one is excepted instead."""
    excepting = [each for each in _statements(synthesis) if "NotResource" in each]
    assert [["sns:Publish"]] == [_list(each["Action"]) for each in excepting]
    assert ":sns:*:*:*" in str(excepting[0]["NotResource"])


def test_no_action_is_a_wildcard(synthesis: Synthesis) -> None:
    for statement in _statements(synthesis):
        for action in _list(statement["Action"]):
            assert "*" not in action


@pytest.mark.parametrize(
    ("handler", "actions"),
    [
        (
            "processors.order_relay",
            {
                "Ledger": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
                "Customers": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
            },
        ),
        ("processors.sms_sender", SENDING),
        ("processors.email_sender", SENDING),
        (
            "processors.receipt_tracker",
            {
                **MERGING_RECEIPTS,
                "Ledger": {*MERGING_RECEIPTS["Ledger"], "PartiQLInsert"},  # a first hold
            },
        ),
        (
            "processors.sweeper",
            {
                **MERGING_RECEIPTS,
                "Ledger": {*MERGING_RECEIPTS["Ledger"], "Query"},
                "Receipts": {*MERGING_RECEIPTS["Receipts"], "Query"},
                "Rollups": {"BatchGetItem"},
            },
        ),
        (
            "analytics.processor",
            {
                "Ledger": {
                    *("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
                    "BatchGetItem",  # budgets
                },
                "Rollups": {"BatchGetItem", "PutItem", "UpdateItem"},
            },
        ),
        (
            "analytics.verifier",
            {
                "Ledger": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},  # budgets
                "Rollups": {"BatchGetItem", "PutItem", "Query", "UpdateItem"},
                "Receipts": {"BatchGetItem", "Query"},
            },
        ),
        ("processors.sms_log_forwarder", {}),
    ],
)
def test_a_function_may_do_on_tables_exactly_what_it_does(
    synthesis: Synthesis, handler: str, actions: dict[str, set[str]]
) -> None:
    """The customers table is written by the relay, which counts, and by those that merge receipts."""
    allowed: dict[str, set[str]] = {}
    for statement in _of_function(synthesis, f"{handler}.handler"):
        actions_here = _actions(statement, "dynamodb")
        for table in _tables(statement) if actions_here else ():
            allowed[table] = allowed.get(table, set()) | actions_here
    assert actions == allowed


@pytest.mark.parametrize(
    ("handler", "queues"),
    [
        ("processors.sms_sender", 2),
        ("processors.email_sender", 2),
        ("processors.receipt_tracker", 1),
    ],
)
def test_a_function_delays_messages_of_its_own_queues_only(
    synthesis: Synthesis, handler: str, queues: int
) -> None:
    stack = f"Ordercast-{synthesis.stage}-Pipeline"
    read = {
        synthesis.resolve(stack, mapping["EventSourceArn"])
        for _, mapping, _ in synthesis.queue_mappings
        if f"{handler}.handler"
        == synthesis.target(stack, mapping["FunctionName"])["Properties"]["Handler"]
    }
    delaying = [
        statement
        for statement in _of_function(synthesis, f"{handler}.handler")
        if "ChangeMessageVisibility" in _actions(statement, "sqs")
    ]
    assert read == {
        synthesis.resolve(stack, queue)
        for statement in delaying
        for queue in _list(statement["Resource"])
    }
    assert queues == len(read)
    for statement in delaying:
        assert {"ChangeMessageVisibility", "GetQueueUrl"} <= _actions(statement, "sqs")


def test_the_sweeper_counts_what_waits_for_tracker_and_senders_and_reads_none_of_it(
    synthesis: Synthesis,
) -> None:
    on_queues = [
        (statement["Resource"], _actions(statement, "sqs"))
        for statement in _of_function(synthesis, "processors.sweeper.handler")
        if _actions(statement, "sqs")
    ]
    assert {"GetQueueAttributes"} == set.union(*(actions for _, actions in on_queues))
    queues = [str(queue) for named, _ in on_queues for queue in _list(named)]
    assert 2 == sum("Receipts" in queue for queue in queues)


def test_the_sweeper_queries_indexes_and_no_table(synthesis: Synthesis) -> None:
    """The due index of the ledger and of receipts; and what is in doubt."""
    resources = [
        str(resource)
        for statement in _of_function(synthesis, "processors.sweeper.handler")
        if "dynamodb:Query" in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    ]
    assert 3 == len(resources)
    assert all(re.search("/index/(due|failure)']]}$", each) for each in resources)


def test_mail_leaves_only_from_our_address_and_with_our_configuration_set(
    synthesis: Synthesis,
) -> None:
    """The configuration set is what makes SES tell us of bounces and complaints."""
    (send,) = [each for each in _statements(synthesis) if "ses:SendEmail" in each["Action"]]
    (sender,) = send["Condition"]["StringEquals"]["ses:FromAddress"]
    assert sender.startswith("orders@")
    assert ":configuration-set/" in str(send["Resource"])
    assert ":identity/*" in str(send["Resource"])
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
        (action,) = _list(statement["Action"])
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
        for statement in _statements(synthesis)
        if any(action.startswith("kms:") for action in _list(statement["Action"]))
    ]
    assert {"dynamodb.", "kinesis.", "s3.", "sns.", "sqs."} == {service for service, *_ in through}
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
            for statement in _of_function(synthesis, "processors.sms_attributes.handler")
            if "iam:PassRole" in _list(statement["Action"])
        ]
        role = synthesis.target("Ordercast-Account", passed["Resource"])["Properties"]
        assert "sns.amazonaws.com" in str(role["AssumeRolePolicyDocument"])
        to = {"StringEquals": {"iam:PassedToService": "sns.amazonaws.com"}}
        assert to == passed["Condition"]


def test_no_function_reserves_concurrency_unless_its_stage_says_so(synthesis: Synthesis) -> None:
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


def _actions(statement: dict[str, Any], service: str) -> set[str]:
    prefix = f"{service}:"
    return {
        action.removeprefix(prefix)
        for action in _list(statement["Action"])
        if action.startswith(prefix)
    }


def _tables(statement: dict[str, Any]) -> set[str]:
    """The tables that a statement is about, by what its resources refer to; one a resource."""
    named = [
        re.findall("Ledger|Customers|Receipts|Rollups", str(each))
        for each in _list(statement["Resource"])
    ]
    assert all(len(set(names)) == 1 for names in named)
    return {names[0] for names in named}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
