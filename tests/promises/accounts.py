"""What the accounts of budgets promise, in memory or in DynamoDB."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.budgets.account import Account, AccountDraw, corrected, opened, taken_in
from ordercast.budgets.budget import Budget, BudgetPeriod
from ordercast.pacing.bucket import Draw, draw, fresh
from ordercast.workflows.ports import Accounts
from tests.fakes.clock import START

TEXTS = Budget(period=BudgetPeriod.DAY, limit=Decimal("1.00"), channel="sms")
ALL = Budget(period=BudgetPeriod.MONTH, limit=Decimal(50))
HOUR = "2026-03-02T09"


def drawing(
    amount: str, budget: Budget = TEXTS, *, hour: str = HOUR, kept: str = "0"
) -> AccountDraw:
    return AccountDraw(
        budget=budget,
        key=budget.account(hour),
        by_slot={budget.period.slot(hour): Decimal(amount)},
        kept=Decimal(kept),
    )


def draw_one(accounts: Accounts, wanted: AccountDraw) -> bool:
    ((answer,), _) = accounts.draw([wanted])
    assert not answer.failed
    assert answer.account
    assert answer.account.key == wanted.key
    return answer.done


def account(accounts: Accounts, budget: Budget = TEXTS) -> Account:
    return accounts.read([budget.account(HOUR)])[budget.account(HOUR)]


class AccountsPromises:
    """Mix in, with a fixture `accounts` that has none yet."""

    def test_the_first_draw_opens_the_account(self, accounts: Accounts) -> None:
        assert {} == accounts.read([TEXTS.account(HOUR)])
        assert draw_one(accounts, drawing("0.00645"))

        there = account(accounts)
        assert (Decimal("1.00"), Decimal("0.99355")) == (there.limit, there.left)
        assert Decimal("0.00645") == there.used["09"]
        assert 24 == len(there.used) == len(there.adjusted)

    def test_a_draw_is_to_the_last_cent_and_no_further(self, accounts: Accounts) -> None:
        assert draw_one(accounts, drawing("0.99999"))
        assert not draw_one(accounts, drawing("0.00002"))
        assert draw_one(accounts, drawing("0.00001"))
        assert (Decimal(0), Decimal(1)) == (account(accounts).left, account(accounts).used["09"])

    def test_a_sum_above_the_limit_is_refused_by_an_account_that_it_opens(
        self, accounts: Accounts
    ) -> None:
        assert not draw_one(accounts, drawing("1.00001"))
        assert Decimal(1) == account(accounts).left

    def test_what_is_kept_for_others_is_not_drawn(self, accounts: Accounts) -> None:
        assert not draw_one(accounts, drawing("0.9", kept="0.2"))
        assert draw_one(accounts, drawing("0.9"))

    def test_draws_of_several_budgets_are_answered_each(self, accounts: Accounts) -> None:
        drawn, _ = accounts.draw([drawing("2"), drawing("2", ALL)])

        assert [False, True] == [each.done for each in drawn]
        assert (Decimal(1), Decimal(48)) == (account(accounts).left, account(accounts, ALL).left)
        assert Decimal(2) == account(accounts, ALL).used["02"]

    def test_periods_have_accounts_of_their_own(self, accounts: Accounts) -> None:
        assert draw_one(accounts, drawing("1"))
        assert draw_one(accounts, drawing("1", hour="2026-03-03T09"))

    def test_a_wave_over_two_hours_uses_both(self, accounts: Accounts) -> None:
        both = replace(drawing("0"), by_slot={"09": Decimal("0.1"), "10": Decimal("0.2")})
        assert draw_one(accounts, both)
        used = account(accounts).used
        assert (Decimal("0.1"), Decimal("0.2")) == (used["09"], used["10"])
        assert Decimal("0.7") == account(accounts).left

    def test_slots_of_pace_are_drawn_in_the_same_call(self, accounts: Accounts) -> None:
        bucket = fresh("sms", limit=20.0, now=START)
        pace = draw(bucket, 5, limit=20.0, high=False, now=START)
        assert isinstance(pace, Draw)

        (_, without) = accounts.draw([drawing("0.1")], pace)
        assert (False, None) == without
        assert Decimal("0.9") == account(accounts).left

    def test_what_is_given_back_is_left_again(self, accounts: Accounts) -> None:
        one, two = drawing("0.3"), drawing("0.3", ALL)
        accounts.draw([one, two])
        accounts.give_back([one, two])

        assert Decimal(1) == account(accounts).left
        assert Decimal(50) == account(accounts, ALL).left
        assert Decimal(0) == account(accounts).used["09"]

    def test_however_many_are_given_back_all_are_left_again(self, accounts: Accounts) -> None:
        """A transaction takes a hundred; a wave may draw from more accounts."""
        budgets = [replace(TEXTS, shop=f"shop {n}") for n in range(101)]
        draws = [drawing("0.3", each) for each in budgets]
        accounts.draw(draws)
        accounts.give_back(draws)

        left = {each.left for each in accounts.read([each.key for each in draws]).values()}
        assert {Decimal(1)} == left

    def test_nothing_to_give_back_is_nothing(self, accounts: Accounts) -> None:
        accounts.give_back([])

    def test_what_counting_says_is_taken_in_once(self, accounts: Accounts) -> None:
        draw_one(accounts, drawing("0.5"))
        seen = account(accounts)
        cheaper = taken_in(seen, TEXTS, {"09": Decimal("-0.2")})

        assert {seen.key} == accounts.change([(seen, cheaper)])
        assert set() == accounts.change([(seen, cheaper)])
        assert cheaper == account(accounts)
        assert Decimal("0.7") == account(accounts).left

    def test_what_was_drawn_meanwhile_stays_drawn(self, accounts: Accounts) -> None:
        draw_one(accounts, drawing("0.5"))
        seen = account(accounts)
        draw_one(accounts, drawing("0.1"))
        accounts.change([(seen, taken_in(seen, TEXTS, {"09": Decimal("-0.2")}))])

        assert Decimal("0.6") == account(accounts).left
        assert Decimal("0.4") == account(accounts).used["09"]

    @pytest.mark.parametrize("limit", ["0.2", "3"])
    def test_a_new_limit_keeps_what_is_used(self, accounts: Accounts, limit: str) -> None:
        draw_one(accounts, drawing("0.5"))
        seen = account(accounts)
        after = taken_in(seen, replace(TEXTS, limit=Decimal(limit)), {})

        assert {seen.key} == accounts.change([(seen, after)])
        assert Decimal(limit) - Decimal("0.5") == account(accounts).left
        assert set() == accounts.change([(seen, after)])

    def test_a_slot_is_corrected_only_as_it_was_seen(self, accounts: Accounts) -> None:
        draw_one(accounts, drawing("0.5"))
        seen = account(accounts)
        draw_one(accounts, drawing("0.1"))
        assert set() == accounts.change([(seen, corrected(seen, "09", Decimal("0.2")))])

        seen = account(accounts)
        assert {seen.key} == accounts.change([(seen, corrected(seen, "09", Decimal("0.2")))])
        assert Decimal("0.8") == account(accounts).left

    def test_an_account_is_inserted_once(self, accounts: Accounts) -> None:
        mine = opened(TEXTS, TEXTS.account(HOUR))
        assert {mine.key} == accounts.change([(None, mine)])
        assert set() == accounts.change([(None, replace(mine, left=Decimal(7)))])
        assert mine == account(accounts)
