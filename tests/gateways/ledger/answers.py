"""Queue up DynamoDB's answers, in the order of the calls. Used by tests of the ledger."""

from typing import Any

from botocore.stub import Stubber

from ordercast.gateways.dynamodb.codec import Item

DONE: dict[str, Any] = {}
THROTTLED = {"Error": {"Code": "ThrottlingError"}}
THERE = {"Error": {"Code": "DuplicateItem"}}
NOT_SO = {"Error": {"Code": "ConditionalCheckFailed"}}


def written(stub: Stubber, *responses: dict[str, Any]) -> None:
    stub.add_response("batch_execute_statement", {"Responses": list(responses)})


def read(stub: Stubber, *items: Item) -> None:
    stub.add_response("batch_get_item", {"Responses": {"ledger": list(items)}})
