"""Fixtures: a ledger before a stubbed DynamoDB, and the verbs of the statements that it sends."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ordercast.gateways.dynamodb.table import Table
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger


@pytest.fixture
def stub(aws) -> Iterator[Stubber]:
    with Stubber(boto3.client("dynamodb")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def ledger(stub, executor) -> DynamoLedger:
    return DynamoLedger(table=Table(client=stub.client, name="ledger", executor=executor))


@pytest.fixture
def statement_verbs(stub) -> list[list[str]]:
    """The verbs of each bulk write, as they are sent."""
    calls: list[list[str]] = []

    def note(params: dict[str, Any], **_: object) -> None:
        calls.append([each["Statement"].split()[0] for each in params["Statements"]])

    event = "provide-client-params.dynamodb.BatchExecuteStatement"
    stub.client.meta.events.register(event, note)
    return calls
