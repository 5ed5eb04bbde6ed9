"""The limits of budgets, in the fake ledger."""

from dataclasses import dataclass, field

from msgspec.structs import replace

from ordercast.budgets.budget import Budget, Limits
from tests.fakes.ledger import FakeLedger


@dataclass(slots=True)
class FakeLimits:
    """Limits that are kept in a fake ledger, and their changes."""

    ledger: FakeLedger
    noted: list[tuple[Budget, bool]] = field(default_factory=list)

    def read(self) -> Limits:
        return self.ledger.limits

    def set(self, budget: Budget) -> Limits:
        self.noted.append((budget, False))
        return self._write(self.ledger.limits.with_budget(budget))

    def remove(self, budget: Budget) -> Limits:
        self.noted.append((budget, True))
        return self._write(self.ledger.limits.without(budget.id))

    def changes(self) -> list[tuple[Budget, bool]]:
        return self.noted

    def _write(self, budgets: tuple[Budget, ...]) -> Limits:
        seen = self.ledger.limits
        self.ledger.limits = replace(seen, budgets=budgets, version=seen.version + 1)
        return self.ledger.limits
