"""A stage's name leads to its own stacks, or to one line that says what is not there."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from ordercast.complaint import Complaint
from ordercast.target import Target, target


@pytest.fixture
def stacks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """CloudFormation, which is asked for stacks by name, in the order in which they are told."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    client = boto3.client("cloudformation", region_name="us-east-1")
    monkeypatch.setattr(boto3, "client", lambda _: client)
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def there(stacks: Stubber, name: str, **outputs: str) -> None:
    stack = {
        "StackName": name,
        "CreationTime": "2026-03-02T09:30:00Z",
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
    }
    stacks.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": name})


def not_there(stacks: Stubber, name: str) -> None:
    stacks.add_client_error(
        "describe_stacks",
        "ValidationError",
        f"Stack with id {name} does not exist",
        expected_params={"StackName": name},
    )


def test_a_stage_is_found_by_the_whole_names_of_its_stacks(stacks) -> None:
    """By a prefix, dev would be taken for dev-eu, and a customer's order put on its stream."""
    there(stacks, "Ordercast-dev-Data", OrdersStreamName="orders", LedgerTableName="ledger")
    there(stacks, "Ordercast-dev-Pipeline", HubTopicArn="hub")

    found = target("dev", None)

    assert ("orders", "hub") == (found.output("OrdersStreamName"), found.output("HubTopicArn"))


def test_a_stage_that_is_not_there_is_named_with_the_way_to_deploy_it(stacks) -> None:
    not_there(stacks, "Ordercast-dev-Data")
    not_there(stacks, "Ordercast-dev-Pipeline")

    with pytest.raises(Complaint, match="stage dev is not deployed") as complaint:
        target("dev", None)
    assert "make deploy STAGE=dev" == complaint.value.hint


def test_an_account_that_lets_nobody_look_is_not_taken_for_one_without_the_stage(stacks) -> None:
    stacks.add_client_error("describe_stacks", "AccessDenied", "not you")

    with pytest.raises(Complaint, match=r"cannot look for stage dev: .*AccessDenied"):
        target("dev", None)


@pytest.mark.parametrize(
    ("stage", "again"), [("dev", "make deploy STAGE=dev"), ("local", "ordercast up")]
)
def test_what_half_a_deployment_has_not_put_out_is_named(
    monkeypatch: pytest.MonkeyPatch, stage: str, again: str
) -> None:
    monkeypatch.setattr("sys.argv", ["ordercast", "status", "o-1"])
    half = Target(stage=stage, outputs={"OrdersStreamName": "orders"})

    with pytest.raises(Complaint, match="no LedgerTableName") as complaint:
        half.ledger()
    assert again == complaint.value.hint
