"""A reader's policy allows what the console does without actions, an operator's besides what it does with them.

Both are judged by IAM's rules on what is synthesised, by the very lists that the console's SDK is held to.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local_cloud.deploy_proof.policy import PolicyCall, PolicyStatement, allows
from ordercast.console.sdk_operations import ACTS, READS
from pipeline.constructs.access import operator_policies
from tests.pipeline.functions.policy_calls import Policies
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

LIMIT = 6_144  # characters of a managed policy, white space apart (IAM guide, quotas)

HERE = "us-east-1:000000000000"

_PREFIXES = {"pinpoint-sms-voice-v2": "sms-voice", "sesv2": "ses"}
_BY_NAME = {
    "dynamodb:BatchExecuteStatement": ("dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"),
    "dynamodb:ExecuteStatement": ("dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate"),
    "dynamodb:TransactWriteItems": ("dynamodb:PutItem", "dynamodb:UpdateItem"),
    "s3:HeadObject": ("s3:GetObject",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "sns:PublishBatch": ("sns:Publish",),
    "sqs:ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
    "sqs:DeleteMessageBatch": ("sqs:DeleteMessage",),
    "sqs:SendMessageBatch": ("sqs:SendMessage",),
}
"""What IAM calls an operation, where it has another name there (service authorization reference)."""

_NOT_ASKED = {
    "sts:GetCallerIdentity",  # of everybody, by no policy
    "dynamodb:DescribeTable",  # only `restore` does
    "dynamodb:GetItem",
    "sms-voice:DescribeOptOutLists",
    "s3:DeleteObject",  # only `parked empty` does, for who removes stages
    "s3:DeleteObjects",
}
"""What is on the console's lists, and asked by none of its pages."""


def of_the_stage(policies: Policies) -> dict[str, tuple[str, ...]]:
    """The stage's own resources, by the prefix of actions."""
    stage = policies.synthesis.stage
    text = policies.text
    pipeline = f"Ordercast-{stage}-Pipeline-x"
    return {
        "cloudwatch": ("*",),
        "dynamodb": (text("LedgerTable"), text("Customers"), text("Rollups")),
        "kinesis": (text("OrdersStream"),),
        "kms": (policies.key,),
        "lambda": ("*",),
        "logs": (f"arn:aws:logs:{HERE}:log-group:x",),
        "s3": (text("ParkedBucket"), text("ParkedBucket|/parked/x")),
        "secretsmanager": (text("AddressSecret"),),
        "ses": ("*", f"arn:aws:ses:{HERE}:identity/x", f"arn:aws:ses:{HERE}:configuration-set/x"),
        "sms-voice": ("*", f"arn:aws:sms-voice:{HERE}:opt-out-list/Default"),
        "sns": ("*", text("Notifications"), f"arn:aws:sns:{HERE}:{pipeline}"),
        "sqs": (f"arn:aws:sqs:{HERE}:{pipeline}",),
        "ssm": (f"arn:aws:ssm:{HERE}:parameter/ordercast/{stage}/names",),
    }


def asked(operations: Any) -> Iterator[str]:
    """The actions of a list of the console's operations."""
    for service, names in operations.items():
        for name in sorted(names):
            action = f"{_PREFIXES.get(service, service)}:{name}"
            if action not in _NOT_ASKED:
                yield from _BY_NAME.get(action, (action,))


@pytest.fixture
def policies(synthesis: Synthesis) -> Policies:
    return Policies(synthesis)


@pytest.fixture
def reader(policies: Policies) -> list[PolicyStatement]:
    return policies.managed("PoliciesReader")


@pytest.fixture
def operator(policies: Policies, reader: list[PolicyStatement]) -> list[PolicyStatement]:
    return [*reader, *policies.managed("PoliciesActs")]


def allowed(policies: Policies, statements: list[PolicyStatement], action: str) -> bool:
    """Whether an action is allowed on one of the stage's resources."""
    return any(
        allows(statements, PolicyCall(action=action, resource=each))
        for each in of_the_stage(policies)[action.partition(":")[0]]
    )


def test_a_reader_may_do_all_that_the_console_does_without_actions(policies, reader) -> None:
    reads = [*asked(READS), "secretsmanager:GetSecretValue", "kinesis:GetRecords", "dynamodb:Scan"]
    assert [] == [each for each in reads if not allowed(policies, reader, each)]


def test_each_act_is_refused_to_a_reader_and_allowed_to_an_operator(
    policies, reader, operator
) -> None:
    acts = [*asked(ACTS), "sms-voice:DeleteOptedOutNumber"]
    assert acts
    assert [] == [each for each in acts if allowed(policies, reader, each)]
    assert [] == [each for each in acts if not allowed(policies, operator, each)]


def test_a_reader_adds_to_the_audit_trail_and_to_nothing_else_and_changes_nothing(
    policies, reader
) -> None:
    def may(action: str, key: str, table: str = "LedgerTable") -> bool:
        context = {"dynamodb:LeadingKeys": key} if key else {}
        call = PolicyCall(action=action, resource=policies.text(table), context=context)
        return allows(reader, call)

    assert may("dynamodb:PartiQLInsert", "audit#2026-11")
    assert not may("dynamodb:PartiQLInsert", "an order's")
    assert not may("dynamodb:PartiQLInsert", "")
    assert not may("dynamodb:PartiQLInsert", "audit#2026-11", "Customers")
    for other in ("PartiQLUpdate", "PartiQLDelete", "PutItem", "DeleteItem", "UpdateItem"):
        assert not may(f"dynamodb:{other}", "audit#2026-11")


def test_neither_reaches_another_stage_whose_name_begins_alike(policies, operator) -> None:
    """`Ordercast-dev-*` would be of stage dev-eu, too."""
    stage, other = policies.synthesis.stage, f"{policies.synthesis.stage}-eu"
    foreign = {
        prefix: [
            each.replace(f"-{stage}-", f"-{other}-").replace(f"/{stage}/", f"/{other}/")
            for each in own
        ]
        for prefix, own in of_the_stage(policies).items()
        if prefix in {"dynamodb", "kinesis", "kms", "s3", "secretsmanager", "sns", "sqs", "ssm"}
    }
    of_resources = [each for each in operator if _listed(each["Resource"]) != ["*"]]
    for action in (*asked(READS), *asked(ACTS), "secretsmanager:GetSecretValue"):
        for each in foreign.get(action.partition(":")[0], ()):
            if each not in of_the_stage(policies)[action.partition(":")[0]]:
                assert not allows(of_resources, PolicyCall(action=action, resource=each)), each


def test_nothing_of_them_deploys_or_removes_a_stage(policies, operator) -> None:
    actions = {a for each in operator for a in _listed(each["Action"])}
    assert not {a for a in actions if a.startswith(("cloudformation:", "iam:", "sts:"))}
    assert "s3:DeleteObject" not in actions


def test_each_fits_into_a_managed_policy(synthesis: Synthesis) -> None:
    """With names as long as CloudFormation makes them."""
    for name in ("PoliciesReader", "PoliciesActs"):
        statements = Policies(synthesis).managed(name)
        written = json.dumps(statements, separators=(",", ":"))
        # A resource is "stack/logical id" here, and an ARN with a name of CloudFormation there.
        assert LIMIT > len(written) + 60 * written.count("Ordercast-"), name


def test_every_statement_that_is_named_is_in_the_file() -> None:
    written = json.loads(operator_policies.SOURCE.read_text())["Statement"]
    known = {*operator_policies.READS, *operator_policies.DEPLOYS}
    assert known <= {each["Sid"] for each in written}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
