"""A strict client accepts and refuses what AWS does."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tests.fakes.aws_limits import RefusedByAws, strict

Call = Callable[[list[int]], tuple[str, str, dict[str, Any]]]


def statements(some: list[int]) -> tuple[str, str, dict[str, Any]]:
    return "dynamodb", "batch_execute_statement", {"Statements": [{"Statement": "x"} for _ in some]}


def keys(some: list[int]) -> tuple[str, str, dict[str, Any]]:
    requested = {"things": {"Keys": [{"pk": {"S": str(n)}} for n in some]}}
    return "dynamodb", "batch_get_item", {"RequestItems": requested}


def publications(some: list[int]) -> tuple[str, str, dict[str, Any]]:
    entries = [{"Id": str(n), "Message": "x"} for n in some]
    return "sns", "publish_batch", {"TopicArn": "t", "PublishBatchRequestEntries": entries}


def messages(some: list[int]) -> tuple[str, str, dict[str, Any]]:
    entries = [{"Id": str(n), "MessageBody": "x"} for n in some]
    return "sqs", "send_message_batch", {"QueueUrl": "q", "Entries": entries}


@pytest.fixture
def taken():
    """Whether a call is let out; who would answer it is nobody."""

    def taken(service: str, operation: str, params: dict[str, Any]) -> bool:
        client = strict(
            boto3.client(
                service,  # type: ignore[call-overload]  # the stubs choose by literals
                region_name="us-east-1",
                aws_access_key_id="nobody",
                aws_secret_access_key="nothing",  # noqa: S106 - it opens nothing
            )
        )
        with Stubber(client) as stub:
            stub.add_client_error(operation, "Reached")
            try:
                getattr(client, operation)(**params)
            except RefusedByAws:
                return False
            except client.exceptions.ClientError:
                return True
        raise AssertionError(operation)

    return taken


@pytest.mark.parametrize(
    ("call", "most"),
    [(statements, 25), (keys, 100), (publications, 10), (messages, 10)],
)
def test_a_bulk_call_takes_so_many_and_not_one_more(taken, call: Call, most: int) -> None:
    answers = [taken(*call(list(range(count)))) for count in (0, 1, most, most + 1)]

    assert [False, True, True, False] == answers


@pytest.mark.parametrize("call", [keys, publications, messages])
def test_a_bulk_call_takes_nothing_twice(taken, call: Call) -> None:
    assert not taken(*call([1, 2, 1]))
