"""Sum up what a wave draws from each account, and choose what fits. Used by the senders."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct

from ordercast.budgets.account import NOTHING, AccountDraw, summed
from ordercast.budgets.budget import Budget


class Expense(Struct, frozen=True, kw_only=True):
    """What a message may cost: US dollars of each of its budgets, in the period of its hour."""

    id: str
    amount: Decimal
    hour: str
    is_high: bool
    budgets: tuple[Budget, ...]

    def least(self, budget: Budget) -> Decimal:
        """Return what must be left in an account of *budget* for this message."""
        return self.amount + self.kept(budget)

    def kept(self, budget: Budget) -> Decimal:
        """Return what it must leave of *budget*."""
        return NOTHING if self.is_high else budget.kept


class Exceeded(NamedTuple):
    """The budget that a message is over, and the US dollars that must be left there for it."""

    budget: Budget
    amount: Decimal


def draws_of(wanted: Iterable[Expense]) -> list[AccountDraw]:
    """Return one draw an account; what normal priority may not use, a draw with one of it may not."""
    together: defaultdict[str, list[tuple[Budget, Expense]]] = defaultdict(list)
    for each in wanted:
        for budget in each.budgets:
            together[budget.account(each.hour)].append((budget, each))
    return [
        AccountDraw(
            budget=parts[0][0],
            key=key,
            by_slot=summed({b.period.slot(each.hour): each.amount} for b, each in parts),
            kept=max(each.kept(b) for b, each in parts),
        )
        for key, parts in together.items()
    ]


def over(wanted: Sequence[Expense], left: Mapping[str, Decimal]) -> dict[str, Exceeded]:
    """Return which of *wanted*, by id, do not fit into what is *left* by account, and what each exceeds.

    The first come first. An account that is not named has room.
    """
    room, exceeding = dict(left), {}
    for each in wanted:
        full = [
            budget
            for budget in each.budgets
            if (key := budget.account(each.hour)) in room and room[key] < each.least(budget)
        ]
        if full:
            exceeding[each.id] = Exceeded(full[0], each.amount)
            continue
        for budget in each.budgets:
            if (key := budget.account(each.hour)) in room:
                room[key] -= each.amount
    return exceeding
