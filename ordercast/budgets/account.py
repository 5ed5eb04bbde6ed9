"""Keep the account of a budget in one period: draw, give back, take in what receipts say. Used by senders and sweeper.

What is left is one number, lowered by a conditional decrement, so any number of senders draw at
once and what is drawn never exceeds the limit. Beside it stands what each slot (hour or day) has
used, by which the account is compared with the rollups: a sender that dies between its draw and
its claims leaves a slot that has used more than its messages drew, never less.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from ordercast.budgets.budget import Budget

BySlot = Mapping[str, Decimal]
"""US dollars by slot."""

NOTHING = Decimal()


class Account(Struct, frozen=True, kw_only=True):
    """A budget in one period, in US dollars: `left` = `limit` less all that is `used`.

    `adjusted` is, by slot, what counting has found to differ from what was drawn, as far as it is
    in `used`. Slots that are not named hold 0.
    """

    key: str
    limit: Decimal
    left: Decimal
    used: BySlot = field(default_factory=dict)
    adjusted: BySlot = field(default_factory=dict)


class AccountDraw(Struct, frozen=True, kw_only=True):
    """A sum to be drawn from an account, by slot; refused where less than `kept` would be left.

    An account that is not there is opened with the whole limit of the budget.
    """

    budget: Budget
    key: str
    by_slot: BySlot
    kept: Decimal

    @property
    def total(self) -> Decimal:
        """The whole sum."""
        return sum(self.by_slot.values(), NOTHING)

    @property
    def least(self) -> Decimal:
        """What must be left for it to be drawn."""
        return self.total + self.kept

    @property
    def opened(self) -> Account:
        """The account as it is opened."""
        return opened(self.budget, self.key)

    def drawn(self, account: Account) -> Account | None:
        """Return *account* after this draw; None where it is refused."""
        return moved(account, self.by_slot) if account.left >= self.least else None


class Drawn(Struct, frozen=True, kw_only=True):
    """The answer to a draw: done or refused, with the account as it is then; or `failed`, which says nothing."""

    done: bool = False
    failed: bool = False
    account: Account | None = None


def opened(budget: Budget, key: str) -> Account:
    """Return an account that nobody has drawn from."""
    return Account(
        key=key,
        limit=budget.limit,
        left=budget.limit,
        used=dict.fromkeys(budget.period.slots, NOTHING),
        adjusted=dict.fromkeys(budget.period.slots, NOTHING),
    )


def moved(account: Account, used: BySlot) -> Account:
    """Return *account* with *used* more in its slots."""
    after = {**account.used}
    for slot, amount in used.items():
        after[slot] = after.get(slot, NOTHING) + amount
    return replace(account, used=after, left=account.left - sum(used.values(), NOTHING))


def taken_in(account: Account, budget: Budget, adjusted: BySlot) -> Account:
    """Return *account* with the budget's limit as it is now, and what counting says by now."""
    more = {
        slot: amount - account.adjusted.get(slot, NOTHING)
        for slot, amount in adjusted.items()
        if amount != account.adjusted.get(slot, NOTHING)
    }
    after = moved(account, more)
    return replace(
        after,
        limit=budget.limit,
        left=after.left + budget.limit - account.limit,
        adjusted={**account.adjusted, **adjusted},
    )


def corrected(account: Account, slot: str, used: Decimal) -> Account:
    """Return *account* with what a slot has really used."""
    return moved(account, {slot: used - account.used.get(slot, NOTHING)})


def share_used(account: Account) -> Decimal:
    """Return how much of the limit is used, in percent; of no limit, all."""
    if account.limit <= 0:
        return Decimal(100)
    return (account.limit - account.left) * 100 / account.limit


def summed(amounts: Iterable[BySlot]) -> dict[str, Decimal]:
    """Return the sum by slot."""
    total: dict[str, Decimal] = {}
    for each in amounts:
        for slot, amount in each.items():
            total[slot] = total.get(slot, NOTHING) + amount
    return total
