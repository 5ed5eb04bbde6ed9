"""A stage that keeps nothing is removed with what it has parked, by an operator's word; no other loses any."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from ordercast.operations import bucket_removal
from tests.aws_in_memory import aws_in_memory

DATA, PIPELINE = "Ordercast-dev-Data", "Ordercast-dev-Pipeline"
BUCKET = "ordercast-dev-data-parkedbucket"


@dataclass(slots=True)
class FakeCloudFormation:
    """The deployed stacks: by name, the resources of their templates."""

    stacks: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Logical ids of what an interrupted removal has deleted."""

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
        """Answer as AWS does, also for a stack that is not there."""
        if StackName not in self.stacks:
            what: Any = {"Code": "ValidationError", "Message": f"Stack {StackName} does not exist"}
            raise ClientError({"Error": what}, "DescribeStacks")
        return {"Stacks": [{"StackStatus": "UPDATE_COMPLETE"}]}

    def get_template(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
        """Return the template that was deployed."""
        return {"TemplateBody": {"Resources": self.stacks[StackName]}}

    def describe_stack_resource(
        self,
        *,
        StackName: str,  # noqa: N803
        LogicalResourceId: str,  # noqa: N803
    ) -> dict[str, Any]:
        """Return the only bucket, whatever it is called in the template."""
        assert LogicalResourceId in self.stacks[StackName]
        status = "DELETE_COMPLETE" if LogicalResourceId in self.gone else "UPDATE_COMPLETE"
        detail = {"PhysicalResourceId": BUCKET, "ResourceStatus": status}
        return {"StackResourceDetail": detail}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in memory, with credentials that are nobody's."""
    with aws_in_memory(monkeypatch):
        yield


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch):
    """Answer the command's question."""

    def answer(words: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(words))

    answer("")
    return answer


@pytest.fixture
def stacks(monkeypatch: pytest.MonkeyPatch, aws: None) -> FakeCloudFormation:
    """A bucket with three parked objects, and no stack yet."""
    fake, client = FakeCloudFormation(), boto3.client
    monkeypatch.setattr(
        boto3,
        "client",
        lambda service, **more: fake if service == "cloudformation" else client(service, **more),
    )
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for key in ("parked/1", "aws/lambda/2", "handled/3"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"{}")
    return fake


def data_stack(removal: str) -> dict[str, Any]:
    return {
        "Topic1": {"Type": "AWS::SNS::Topic"},
        "ParkedBucket1": {"Type": "AWS::S3::Bucket", "DeletionPolicy": removal},
    }


def parked() -> int:
    return int(boto3.client("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"])


def test_a_bucket_that_goes_with_its_stack_can_be_removed_once_it_is_emptied(run, stacks) -> None:
    stacks.stacks[DATA] = data_stack("Delete")
    s3 = boto3.client("s3")
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        s3.delete_bucket(Bucket=BUCKET)

    code, out, _ = run("parked", "empty", "--stage", "dev", "--yes")

    assert code == 0
    assert f"Deleted: 3 objects with parked records, batches and notes in {BUCKET}." in out
    s3.delete_bucket(Bucket=BUCKET)


def test_more_is_deleted_than_s3_takes_in_a_call(
    run, stacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_removal, "A_CALL", 2)
    stacks.stacks[DATA] = data_stack("Delete")
    run("parked", "empty", "--stage", "dev", "--yes")
    assert 0 == parked()


def test_nothing_is_deleted_without_a_word(run, stacks, asked) -> None:
    stacks.stacks[DATA] = data_stack("Delete")
    for answer in ("", "n\n"):
        asked(answer)
        code, out, _ = run("parked", "empty", "--stage", "dev")
        assert (1, 3) == (code, parked())
        assert "Delete 3 objects with parked records, batches and notes" in out
    asked("y\n")
    assert 0 == run("parked", "empty", "--stage", "dev")[0]
    assert 0 == parked()


def test_a_bucket_that_stays_when_its_stack_goes_keeps_what_is_parked(run, stacks) -> None:
    stacks.stacks[DATA] = data_stack("Retain")
    code, out, _ = run("parked", "empty", "--stage", "dev", "--yes")
    assert (0, 3) == (code, parked())
    assert "Nothing is parked that would be removed with dev." in out


def test_a_stage_at_work_keeps_what_is_parked(run, stacks) -> None:
    """Its functions could park more between the deletion and the bucket's removal."""
    stacks.stacks[DATA] = data_stack("Delete")
    stacks.stacks[PIPELINE] = {}
    code, _, err = run("parked", "empty", "--stage", "dev", "--yes")
    assert (1, 3) == (code, parked())
    assert f"{PIPELINE} is there, and may park more" in err
    assert "make destroy STAGE=dev" in err
    del stacks.stacks[PIPELINE]
    assert 0 == run("parked", "empty", "--stage", "dev", "--yes")[0]


def test_a_removal_that_stopped_after_the_bucket_has_nothing_to_delete(run, stacks) -> None:
    assert 0 == run("parked", "empty", "--stage", "dev", "--yes")[0]
    stacks.stacks[DATA] = data_stack("Delete")
    stacks.gone.add("ParkedBucket1")
    assert 0 == run("parked", "empty", "--stage", "dev", "--yes")[0]
    assert 3 == parked()
