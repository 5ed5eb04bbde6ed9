"""Compare budgets with the rollups, and correct what crashes have left drawn. Used by `verify` and `compare_budgets_in_passes`."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from ordercast.budgets.account import NOTHING, Account, corrected
from ordercast.budgets.budget import Budget, BudgetPeriod, Limits, period_of
from ordercast.reconciliation.comparison import Findings
from ordercast.rollups.spent import charged_by_slot
from ordercast.workflows.ports import Accounts
from ordercast.workflows.read_rollups import Buckets
from ordercast.workflows.take_in_adjustments import Adjustments, take_in_adjustments


class RollupsOfBudgets(Buckets, Adjustments, Protocol):
    """What rollups say about budgets. Raises `LedgerUnavailable`."""


class BudgetDifference(Struct, frozen=True, kw_only=True):
    """What a slot of an account has used, and what its messages are charged, in US dollars."""

    account: Account
    slot: str
    used: Decimal
    charged: Decimal

    @property
    def difference(self) -> str:
        """What differs, whatever the account's other slots do: they move while there is traffic."""
        amounts = (f"{each.normalize():f}" for each in (self.used, self.charged))
        return " ".join((self.account.key, self.slot, *amounts))

    @property
    def hours(self) -> tuple[str, ...]:
        """The hours of its slot."""
        period = period_of(self.account.key)
        if len(period) == BudgetPeriod.MONTH.length:
            return tuple(f"{period}-{self.slot}T{hour:02}" for hour in range(24))
        return (period if len(period) == BudgetPeriod.HOUR.length else f"{period}T{self.slot}",)


class CompareBudgets(Struct, frozen=True, kw_only=True):
    """Find slots that have used something else than their messages are charged.

    A draw is claimed within `wait`, or never: so what differs is looked at twice, that long apart, and
    is believed only where nothing was drawn in that slot meanwhile and the rollups of its hours are
    right.
    """

    rollups: RollupsOfBudgets
    accounts: Accounts
    limits: Callable[[], Limits]
    rollups_differ: Callable[[Sequence[str]], Findings]
    pause: Callable[[float], None]
    wait: timedelta

    def __call__(self, hours: Sequence[str]) -> list[BudgetDifference]:
        """Return the differences in what *hours* complete: hours of a day, days of a month."""
        before = self.differences(hours)
        if not before:
            return []
        self.pause(self.wait.total_seconds())
        right = {
            each: _are_still(self.rollups_differ(each)) for each in {each.hours for each in before}
        }
        seen = {each.difference for each in before}
        after = self.differences(hours)
        return [each for each in after if each.difference in seen and right[each.hours]]

    def correct(self, differences: Iterable[BudgetDifference]) -> int:
        """Correct what is still as it was compared; return how many slots."""
        changes = [
            (each.account, corrected(each.account, each.slot, each.charged)) for each in differences
        ]
        return sum(len(self.accounts.change([each])) for each in changes)

    def differences(self, hours: Sequence[str]) -> list[BudgetDifference]:
        """Return what differs at the moment, which may be under way."""
        budgets = {b.account(hour): b for b in self.limits().budgets for hour in hours}
        if not budgets:
            return []
        days = sorted({hour[:_DAY] for hour in hours})
        buckets = self.rollups.buckets(days)
        accounts = take_in_adjustments(self.accounts, self.rollups, budgets)
        found = []
        for key, account in accounts.items():
            budget = budgets[key]
            charged = charged_by_slot(buckets, budget, period_of(key))
            for slot in _complete(budget, hours, key):
                used = account.used.get(slot, NOTHING)
                if used != charged.get(slot, NOTHING):
                    found.append(
                        BudgetDifference(
                            account=account,
                            slot=slot,
                            used=used,
                            charged=charged.get(slot, NOTHING),
                        )
                    )
        return found


def _are_still(found: Findings) -> bool:
    """Tell whether everything in an hour is counted: what changes at the moment may not be."""
    return found.are_clean and not found.moving


_DAY = len("2026-03-02")


def _complete(budget: Budget, hours: Sequence[str], account: str) -> set[str]:
    """Return the slots of an account that *hours* complete: a day of a month with its last hour."""
    ends = [hour for hour in hours if budget.account(hour) == account]
    if budget.period is BudgetPeriod.MONTH:
        ends = [hour for hour in ends if hour.endswith("T23")]
    return {budget.period.slot(hour) for hour in ends}
