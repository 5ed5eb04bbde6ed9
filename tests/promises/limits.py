"""What the limits of budgets promise, in memory or in DynamoDB."""

from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from msgspec.structs import replace

from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from tests.fakes.clock import START

DAY = Budget(period=BudgetPeriod.DAY, limit=Decimal("100.00001"), by="ada", since=START, reserve=20)
SWEDEN = Budget(
    period=BudgetPeriod.MONTH,
    limit=Decimal(5),
    channel="sms",
    country="SE",
    campaign="spring",
    shop="Example Tea",
    by="ada",
    since=START + timedelta(minutes=1),
    reason="trial",
)


class KeptLimits(Protocol):
    """What operators set."""

    def read(self) -> Limits: ...
    def set(self, budget: Budget) -> Limits: ...
    def remove(self, budget: Budget) -> Limits: ...
    def changes(self) -> list[tuple[Budget, bool]]: ...


class LimitsPromises:
    """Mix in, with a fixture `limits` that has none yet."""

    def test_without_budgets_there_are_none(self, limits: KeptLimits) -> None:
        assert Limits() == limits.read()
        assert [] == limits.changes()

    def test_a_budget_is_read_as_it_was_set(self, limits: KeptLimits) -> None:
        limits.set(DAY)
        after = limits.set(SWEDEN)

        assert (DAY, SWEDEN) == limits.read().budgets
        assert after == limits.read()

    def test_a_budget_takes_the_place_of_the_one_of_its_scope_and_period(
        self, limits: KeptLimits
    ) -> None:
        limits.set(DAY)
        raised = replace(DAY, limit=Decimal(200), since=START + timedelta(hours=1))
        limits.set(raised)

        assert (raised,) == limits.read().budgets

    def test_what_is_removed_is_gone_and_every_change_is_on_record(
        self, limits: KeptLimits
    ) -> None:
        limits.set(DAY)
        gone = replace(DAY, by="bob", since=START + timedelta(hours=2), reason="over")
        limits.remove(gone)

        assert () == limits.read().budgets
        assert [(DAY, False), (gone, True)] == limits.changes()
