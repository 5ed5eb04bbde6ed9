"""Set two budgets before each run, as operators do. Used by `findings`, to count what they take."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from benchmarks.batches import Steps
from benchmarks.ordercast_functions import Functions
from ordercast.budgets.account import opened
from ordercast.budgets.budget import Budget, BudgetPeriod
from ordercast.gateways.budgets.dynamo_accounts import DynamoAccounts
from ordercast.gateways.budgets.limits import DynamoLimits
from ordercast.people.person import Person
from ordercast.rollups.rollup import hour_of

TWO = (
    Budget(period=BudgetPeriod.DAY, limit=Decimal(10_000)),
    Budget(period=BudgetPeriod.MONTH, limit=Decimal(100_000), reserve=10),
)


def with_two_budgets(functions: Functions, steps: Steps) -> Steps:
    """Return *steps* on a stage with two budgets whose accounts are open, as they are from the first wave on."""

    def remember(people: Sequence[Person]) -> None:
        steps.remember(people)
        hour = hour_of(datetime.now(UTC))
        for each in TWO:
            DynamoLimits(table=functions.ledger).set(each)
        accounts = [(None, opened(each, each.account(hour))) for each in TWO]
        DynamoAccounts(table=functions.ledger).change(accounts)

    return replace(steps, remember=remember)
