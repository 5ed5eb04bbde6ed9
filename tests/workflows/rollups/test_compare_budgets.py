"""Budgets are compared with the rollups; only what is certainly stranded is given back."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.budgets.account import moved
from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.notifications.lifecycle import State
from ordercast.reconciliation.comparison import Findings
from ordercast.workflows.reconcile.compare_budgets import CompareBudgets
from tests.fakes.accounts import FakeAccounts
from tests.fakes.rollups import FakeRollups
from tests.fakes.services import LEASE
from tests.promises.accounts import drawing
from tests.promises.rollups import HOUR, count, sent

DAY = Budget(period=BudgetPeriod.DAY, limit=Decimal(5))
MONTH = Budget(period=BudgetPeriod.MONTH, limit=Decimal(50))
CLEAN = Findings(notifications=1, ended=0)
LAST_HOUR = f"{HOUR[:10]}T23"


class Stage:
    """Accounts from which 0.5 US dollars were drawn, of which 0.3 were charged."""

    def __init__(self) -> None:
        self.rollups, self.accounts = FakeRollups(), FakeAccounts()
        self.found = CLEAN
        self.compared: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.accounts.draw([drawing("0.5", DAY, hour=HOUR), drawing("0.5", MONTH, hour=HOUR)])
        count(self.rollups, replace(sent(price="0.3"), drawn=Decimal("0.3")))

    @property
    def compare(self) -> CompareBudgets:
        return CompareBudgets(
            rollups=self.rollups,
            accounts=self.accounts,
            limits=lambda: Limits(budgets=(DAY, MONTH)),
            rollups_differ=self.differ,
            pause=self.pause,
            wait=LEASE,
        )

    def pause(self, _: float) -> None:
        self.meanwhile()

    def differ(self, hours: Sequence[str]) -> Findings:
        self.compared += hours
        return self.found

    def left(self, budget: Budget) -> Decimal:
        return self.accounts.kept[budget.account(HOUR)].left


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_what_was_drawn_for_nothing_is_found_and_given_back(stage: Stage) -> None:
    (found,) = stage.compare([HOUR])

    assert ("09", Decimal("0.5"), Decimal("0.3")) == (found.slot, found.used, found.charged)
    assert 1 == stage.compare.correct([found])
    assert Decimal("4.7") == stage.left(DAY)
    assert [] == stage.compare([HOUR])


def test_a_day_of_a_month_is_compared_when_its_last_hour_is(stage: Stage) -> None:
    found = stage.compare([LAST_HOUR])

    assert [MONTH.account(HOUR)] == [each.account.key for each in found]
    assert 24 == len(set(stage.compared))
    stage.compare.correct(found)
    assert Decimal("49.7") == stage.left(MONTH)


def test_nothing_is_believed_while_something_is_drawn(stage: Stage) -> None:
    stage.meanwhile = lambda: stage.accounts.draw([drawing("0.1", DAY, hour=HOUR)])

    assert [] == stage.compare([HOUR])


def test_a_draw_in_another_hour_hides_nothing(stage: Stage) -> None:
    """A stage is never quiet."""
    later = f"{HOUR[:11]}{int(HOUR[11:]) + 1:02}"
    stage.meanwhile = lambda: stage.accounts.draw([drawing("0.1", DAY, hour=later)])
    (found,) = stage.compare([HOUR])

    assert 1 == stage.compare.correct([found])
    assert Decimal("4.6") == stage.left(DAY)


@pytest.mark.parametrize(
    "doubt", [{"wrong_notifications": {"n-1": "behind"}}, {"moving": frozenset({"n-1"})}]
)
def test_nothing_is_believed_while_the_rollups_of_its_hours_are_not_right(
    stage: Stage, doubt: Any
) -> None:
    """Or what is not counted yet would be given back, and spent again."""
    stage.found = replace(CLEAN, **doubt)

    assert [] == stage.compare([HOUR])


def test_what_was_drawn_after_it_was_compared_is_not_undone(stage: Stage) -> None:
    found = stage.compare([HOUR])
    key = DAY.account(HOUR)
    stage.accounts.kept[key] = moved(stage.accounts.kept[key], {"09": Decimal("0.1")})

    assert 0 == stage.compare.correct(found)
    assert Decimal("4.4") == stage.left(DAY)


def test_what_agrees_is_not_looked_at_twice(stage: Stage) -> None:
    count(
        stage.rollups,
        replace(sent(2, price="0.2"), drawn=Decimal("0.2"), state=State.DELIVERED),
    )
    stage.meanwhile = lambda: pytest.fail("it waited")

    assert [] == stage.compare([HOUR])
