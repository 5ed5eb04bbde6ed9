"""Write the velocity limits of the next hour, from what that hour has cost in the last week. Used by the verifier."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from ordercast.budgets.account import NOTHING, Account, opened, taken_in
from ordercast.budgets.budget import Budget
from ordercast.budgets.velocity import DAYS, Velocity
from ordercast.rollups.rollup import RESERVED, hour_of
from ordercast.workflows.ports import Accounts, Clock
from ordercast.workflows.read_rollups import HoursOfRollups

HOUR = timedelta(hours=1)

Spent = Mapping[str, Mapping[str, Decimal]]
"""US dollars by budget and hour."""


class SetVelocityLimits(Struct, frozen=True, kw_only=True):
    """Open, or change, the accounts of the next hour whose limit is above the floor.

    A country or shop that is not among them has the floor, which senders know by themselves.
    """

    rollups: HoursOfRollups
    accounts: Accounts
    velocity: Velocity
    now: Clock

    def __call__(self) -> int:
        """Write them; return how many. Raises `LedgerUnavailable`."""
        if not self.velocity.floor:
            return 0
        coming = self.now() + HOUR
        budgets, spent = self._last_week(coming)
        limits = [
            replace(budgets[i], limit=self.velocity.limit(list(same_hours.values())))
            for i, same_hours in spent.items()
        ]
        return self._write([each for each in limits if each.limit > self.velocity.floor], coming)

    def _last_week(self, coming: datetime) -> tuple[dict[str, Budget], Spent]:
        """Return the budgets of what was sent in that hour of the last days, and what it was to cost at most."""
        hours = [hour_of(coming - timedelta(days=back)) for back in range(1, DAYS + 1)]
        budgets: dict[str, Budget] = {}
        spent: defaultdict[str, dict[str, Decimal]] = defaultdict(
            lambda: dict.fromkeys(hours, NOTHING)
        )
        for bucket, amounts in self.rollups.of_hours(hours).items():
            for budget in self.velocity.budgets(bucket.spending):
                budgets[budget.id] = budget
                spent[budget.id][bucket.hour] += amounts.get(RESERVED, 0)
        return budgets, spent

    def _write(self, budgets: Iterable[Budget], coming: datetime) -> int:
        by_key = {each.account(hour_of(coming)): each for each in budgets}
        there = self.accounts.read(sorted(by_key)) if by_key else {}
        changes: list[tuple[Account | None, Account]] = [
            (seen, taken_in(seen, budget, {})) if seen else (None, opened(budget, key))
            for key, budget in by_key.items()
            for seen in [there.get(key)]
        ]
        return len(self.accounts.change(changes))
