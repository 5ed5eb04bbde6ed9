"""What a wave has drawn is given back in transactions that DynamoDB takes."""

from concurrent.futures import Executor
from decimal import Decimal
from typing import Any

import boto3
from botocore.stub import Stubber
from msgspec.structs import replace

from ordercast.budgets.account import AccountDraw
from ordercast.budgets.budget import Budget, BudgetPeriod
from ordercast.gateways.budgets.dynamo_accounts import DynamoAccounts
from ordercast.gateways.dynamodb.table import Table

HOUR = "2026-03-02T09"
SHOP = Budget(period=BudgetPeriod.DAY, limit=Decimal(1))


def drawing(budget: Budget) -> AccountDraw:
    return AccountDraw(
        budget=budget,
        key=budget.account(HOUR),
        by_slot={"09": Decimal("0.25")},
        kept=Decimal(),
    )


def test_more_accounts_than_fit_into_one_transaction_are_given_back(
    aws: None, executor: Executor
) -> None:
    """DynamoDB takes a hundred statements in one, and refuses more."""
    client = boto3.client("dynamodb")
    given_back: list[list[str]] = []

    def note(params: dict[str, Any], **_: object) -> None:
        statements = params["TransactStatements"]
        given_back.append([str(each["Parameters"]) for each in statements])

    client.meta.events.register("before-parameter-build.dynamodb.ExecuteTransaction", note)
    accounts = DynamoAccounts(table=Table(client=client, name="ledger", executor=executor))
    with Stubber(client) as stub:
        stub.add_response("execute_transaction", {})
        stub.add_response("execute_transaction", {})
        accounts.give_back([drawing(replace(SHOP, shop=f"shop {n}")) for n in range(115)])

    assert [100, 15] == [len(each) for each in given_back]
    assert 115 == len({each for part in given_back for each in part})
