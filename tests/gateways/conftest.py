"""Clients that reach nothing: moto in process where a service keeps state, Stubber for errors."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from typing import Any

import boto3
import pytest

from ordercast.gateways.dynamodb.table import Table
from tests.aws_in_memory import aws_in_memory


class InlineExecutor(Executor):
    """Runs each call where it is submitted, so that calls come in a foreseeable order."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - a Future carries whatever was raised
            future.set_exception(error)
        return future


@pytest.fixture
def executor() -> Executor:
    return InlineExecutor()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in memory, with credentials that are nobody's."""
    with aws_in_memory(monkeypatch):
        yield


@pytest.fixture
def make_table(aws: None, executor: Executor) -> Callable[[str], Table]:
    """Make a table with the keys that all of ours have."""
    names = {"pk": "HASH", "sk": "RANGE"}

    def make_table(name: str) -> Table:
        client = boto3.client("dynamodb")
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": n, "KeyType": kind} for n, kind in names.items()],  # type: ignore[typeddict-item]  # the key types are literals
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
            BillingMode="PAY_PER_REQUEST",
        )
        return Table(client=client, name=name, executor=executor)

    return make_table
