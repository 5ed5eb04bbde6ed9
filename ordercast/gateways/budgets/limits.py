"""Keep the limits of budgets, and who changed them, in the ledger table. Used by the ledger gateway and operators.

All limits are one item, read with each wave; every change of one is an item of its own beside it,
without expiry. A deployment writes neither.
"""

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.errors import LedgerUnavailable
from ordercast.gateways.dynamodb import partiql
from ordercast.gateways.dynamodb.codec import (
    DOLLARS,
    INSTANT,
    NUMBER,
    TEXT,
    Fields,
    Item,
    number,
    text,
    text_of,
)
from ordercast.gateways.dynamodb.partiql import Update
from ordercast.gateways.dynamodb.table import ROUNDS, Statement, Table, insist, translated

LIMITS = "budgets"
LIMITS_KEY: Item = {"pk": text(LIMITS), "sk": text(LIMITS)}
_CHANGE_PREFIX = "change#"

_BUDGET = Fields.of(
    {
        "period": text_of(BudgetPeriod),
        "limit": DOLLARS,
        **dict.fromkeys(("channel", "country", "campaign", "shop", "by", "reason"), TEXT),
        "reserve": NUMBER,
        "since": INSTANT,
    }
)


def read_limits(items: Iterable[Item]) -> Limits:
    """Return the limits that the item holds; none if there is none."""
    item = next(iter(items), None)
    if item is None:
        return Limits()
    budgets = tuple(Budget(**_BUDGET.read(each["M"])) for each in item["budgets"]["L"])
    return Limits(budgets=budgets, version=int(item["version"]["N"]))


class DynamoLimits(Struct, frozen=True, kw_only=True):
    """The limits of budgets in DynamoDB."""

    table: Table

    def read(self) -> Limits:
        """Return the limits as they are."""
        return read_limits(self.table.get([LIMITS_KEY]))

    def set(self, budget: Budget) -> Limits:
        """Put *budget* in place of the one of its scope and period; return the limits."""
        return self._change(budget, lambda seen: seen.with_budget(budget))

    def remove(self, budget: Budget) -> Limits:
        """Remove the budget of that scope and period; *budget* tells by whom and why, with limit 0."""
        return self._change(budget, lambda seen: seen.without(budget.id))

    def changes(self) -> list[tuple[Budget, bool]]:
        """Return each change, oldest first: the budget as it was set, and whether it was removed."""
        pages = self.table.client.get_paginator("query").paginate(
            TableName=self.table.name,
            KeyConditionExpression="pk = :limits AND begins_with(sk, :change)",
            ExpressionAttributeValues={":limits": text(LIMITS), ":change": text(_CHANGE_PREFIX)},
            ConsistentRead=True,
        )
        with translated():
            items = [item for page in pages for item in page["Items"]]
        return [(Budget(**_BUDGET.read(item)), "removed" in item) for item in items]

    def _change(self, budget: Budget, changed: Callable[[Limits], tuple[Budget, ...]]) -> Limits:
        """Change the limits as they were read, again and again until nobody else has changed them."""
        for _ in range(ROUNDS):
            seen = self.read()
            after = replace(seen, budgets=changed(seen), version=seen.version + 1)
            removed = budget.id not in {each.id for each in after.budgets}
            # First the record of who did it: an act without a trace is worse than a trace without an act.
            insist(self.table.execute([self._record(budget, after.version, removed=removed)]))
            answers = self.table.execute([self._write(seen, after)])
            insist(answers)
            if not answers[0].refused:
                return after
        raise LedgerUnavailable("the budgets change faster than they can be written")

    def _write(self, seen: Limits, after: Limits) -> Statement:
        budgets = {"L": [{"M": _BUDGET.write(each)} for each in after.budgets]}
        if not seen.version:
            item = {**LIMITS_KEY, "budgets": budgets, "version": number(after.version)}
            return partiql.insert(self.table.name, item)
        return partiql.update(
            self.table.name,
            LIMITS_KEY,
            Update(set_={"budgets": budgets}, raised=("version",)),
            where={"version": [number(seen.version)]},
        )

    def _record(self, budget: Budget, version: int, *, removed: bool) -> Statement:
        since = budget.since.isoformat() if budget.since else ""
        key = {"pk": text(LIMITS), "sk": text(f"{_CHANGE_PREFIX}{since}#{version:06}")}
        gone = {"removed": {"BOOL": True}} if removed else {}
        return partiql.insert(self.table.name, {**key, **_BUDGET.write(budget), **gone})
