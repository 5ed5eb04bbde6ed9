"""Take into the accounts of budgets what counting has adjusted since. Used by the sweeper, `verify` and `ordercast budget`."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from ordercast.budgets.account import Account, BySlot, taken_in
from ordercast.budgets.budget import Budget
from ordercast.workflows.ports import Accounts


class Adjustments(Protocol):
    """What counting finds to differ from what was drawn from budgets. Raises `LedgerUnavailable`."""

    def adjusted(self, keys: Sequence[str]) -> dict[str, BySlot]:
        """Return it for each account by key, by slot, since the account was opened."""
        ...


def take_in_adjustments(
    accounts: Accounts, adjustments: Adjustments, budgets: Mapping[str, Budget]
) -> dict[str, Account]:
    """Return the accounts of *budgets*, by key, that exist, with limits and adjustments as they are now.

    A velocity limit has none: an hour counts at its ceilings.
    """
    there = accounts.read(sorted(budgets)) if budgets else {}
    kept = [key for key in there if not budgets[key].velocity]
    adjusted = adjustments.adjusted(kept) if kept else {}
    changes = [
        (there[key], taken_in(there[key], budgets[key], adjusted.get(key, {}))) for key in kept
    ]
    done = accounts.change([(seen, new) for seen, new in changes if seen != new])
    return {**there, **{new.key: new for _, new in changes if new.key in done}}
