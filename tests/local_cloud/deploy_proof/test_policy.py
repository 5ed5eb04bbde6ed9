"""A call is judged by a policy as IAM judges it, and a statement that no call needs is found."""

from typing import Any

import pytest

from local_cloud.deploy_proof.policy import PolicyCall, allows, unneeded

TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/ledger"


def statement(*actions: str, effect: str = "Allow", on: str = TABLE, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": list(actions), "Resource": on, **more}


def called(action: str, resource: str = TABLE, **context: str) -> PolicyCall:
    return PolicyCall(
        action=action,
        resource=resource,
        context={key.replace("_", ":"): value for key, value in context.items()},
    )


@pytest.mark.parametrize(
    ("action", "resource", "is_allowed"),
    [
        ("dynamodb:Query", TABLE, True),
        ("DynamoDB:query", TABLE, True),
        ("dynamodb:PartiQLInsert", TABLE, True),
        ("dynamodb:PartiQL", TABLE, False),
        ("dynamodb:Scan", TABLE, False),
        ("dynamodb:Query", f"{TABLE}/index/due", False),
        ("dynamodb:Query", TABLE.upper(), False),
    ],
)
def test_actions_match_in_any_case_and_resources_in_their_own(action, resource, is_allowed) -> None:
    policy = [statement("dynamodb:Query", "dynamodb:PartiQL?*")]
    assert is_allowed == allows(policy, called(action, resource))


def test_nothing_is_allowed_by_silence_and_a_deny_wins() -> None:
    reads, denies = statement("dynamodb:*"), statement("dynamodb:Scan", effect="Deny", on="*")
    assert not allows([], called("dynamodb:Scan"))
    assert allows([reads], called("dynamodb:Scan"))
    assert not allows([reads, denies], called("dynamodb:Scan"))
    assert allows([reads, denies], called("dynamodb:Query"))


def test_what_is_excepted_is_not_allowed() -> None:
    """SNS publishes to phones by a statement about all resources but topics."""
    phones = {"Effect": "Allow", "Action": "sns:Publish", "NotResource": "arn:aws:sns:*"}
    assert allows([phones], called("sns:Publish", "+12065550100"))
    assert not allows([phones], called("sns:Publish", "arn:aws:sns:us-east-1:000000000000:topic"))


@pytest.mark.parametrize(
    ("condition", "via", "is_allowed"),
    [
        ({"StringEquals": {"kms:ViaService": ["s3.x", "sqs.x"]}}, "sqs.x", True),
        ({"StringEquals": {"kms:ViaService": "s3.x"}}, "sqs.x", False),
        ({"StringEquals": {"kms:ViaService": "s3.x"}}, "", False),
        ({"StringEqualsIfExists": {"kms:ViaService": "s3.x"}}, "", True),
        ({"StringEqualsIfExists": {"kms:ViaService": "s3.x"}}, "sqs.x", False),
        ({"StringLike": {"kms:ViaService": "s3.*"}}, "s3.x", True),
        ({"ArnLike": {"kms:ViaService": "arn:?"}}, "arn:1", True),
        ({"Bool": {"kms:ViaService": "false"}}, "False", True),
    ],
)
def test_a_condition_needs_its_key_unless_it_says_otherwise(condition, via, is_allowed) -> None:
    call = called("kms:Decrypt", **({"kms_ViaService": via} if via else {}))
    assert is_allowed == allows([statement("kms:*", Condition=condition)], call)


def test_a_condition_that_is_not_known_is_not_taken_for_one_that_holds() -> None:
    policy = [statement("kms:*", Condition={"NumericLessThan": {"s3:max-keys": "1"}})]
    with pytest.raises(KeyError):
        allows(policy, called("kms:Decrypt", **{"s3_max-keys": "0"}))


def test_a_statement_that_no_call_needs_is_found() -> None:
    """Because nobody makes its call, or because another statement allows it too."""
    query, scan, every = (statement(f"dynamodb:{name}") for name in ("Query", "Scan", "*"))
    denies = statement("s3:*", effect="Deny")
    calls = [called("dynamodb:Query")]
    assert [scan] == unneeded([query, scan, denies], calls)
    assert [query, every] == unneeded([query, every], calls)
    assert [] == unneeded([query], [*calls, called("s3:GetObject")])
