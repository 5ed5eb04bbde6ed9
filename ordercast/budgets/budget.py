"""Define a budget: what it covers, for how long, and its limit. Used by the senders, counting and operators.

A message counts in the period of its bucket's hour, whenever it is sent: so a budget's figures are
those of the rollups, and what waits over the end of a period does not use up the next one.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct


class Spending(NamedTuple):
    """What a message's cost belongs to: its hour (UTC, `2026-03-02T09`) and dimensions."""

    hour: str
    channel: str
    country: str | None
    campaign: str | None
    shop: str | None


class BudgetPeriod(StrEnum):
    """How long a budget lasts, in UTC. Each is divided into slots, by which it is compared with rollups."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"

    def of(self, hour: str) -> str:
        """Return the period that *hour* is in: `2026-03`, `2026-03-02` or `2026-03-02T09`."""
        return hour[: self.length]

    @property
    def length(self) -> int:
        """How many characters of an hour name its period."""
        return _LENGTH[self]

    def slot(self, hour: str) -> str:
        """Return the slot of *hour*: a day of the month, an hour of the day, or the only one."""
        return {BudgetPeriod.MONTH: hour[8:10], BudgetPeriod.DAY: hour[11:13]}.get(self, "0")

    @property
    def slots(self) -> Sequence[str]:
        """Every slot that it may have."""
        count = {BudgetPeriod.MONTH: range(1, 32), BudgetPeriod.DAY: range(24)}.get(self)
        return ["0"] if count is None else [f"{each:02}" for each in count]


_LENGTH = {BudgetPeriod.MONTH: 7, BudgetPeriod.DAY: 10, BudgetPeriod.HOUR: 13}

_KEPT = {7: timedelta(days=800), 10: timedelta(days=400), 13: timedelta(days=30)}


_FIRST_HOUR = "0001-01-01T00:00+00:00"


def period_of(account: str) -> str:
    """Return the period that the key of an account ends with."""
    return account.rpartition("#")[2]


def begins(period: str) -> datetime:
    """Return when a period begins: `2026-03`, `2026-03-02` or `2026-03-02T09`."""
    return datetime.fromisoformat(period + _FIRST_HOUR[len(period) :])


def ends(period: str) -> datetime:
    """Return when a period ends, which is when the next one begins."""
    begun = begins(period)
    if len(period) == _LENGTH[BudgetPeriod.HOUR]:
        return begun + timedelta(hours=1)
    if len(period) == _LENGTH[BudgetPeriod.DAY]:
        return begun + timedelta(days=1)
    return (begun + timedelta(days=31)).replace(day=1)


def hours_back(period: BudgetPeriod, periods: int, now: datetime) -> list[str]:
    """Return an hour of each of the last *periods*, oldest first, up to that of *now*."""
    lasts = {BudgetPeriod.HOUR: timedelta(hours=1), BudgetPeriod.DAY: timedelta(days=1)}
    times = [now]
    while len(times) < periods:
        last = times[-1]
        times.append(last - lasts.get(period, timedelta(days=last.day)))
    return [f"{each.astimezone(UTC):%Y-%m-%dT%H}" for each in reversed(times)]


def keep_until(account: str) -> datetime:
    """Return until when the account of that key is kept, so that `budget history` can show it."""
    period = period_of(account)
    return begins(period) + _KEPT[len(period)]


BUDGETS_MAX = 100
"""The most budgets of a stage: they are read with each wave."""

DIMENSIONS = ("channel", "country", "campaign", "shop")


class Budget(Struct, frozen=True, kw_only=True):
    """At most `limit` US dollars in each period for what all named dimensions match.

    Messages of normal priority leave `reserve` percent of it to those of high priority. A velocity
    limit is a budget of an hour that is written by `velocity.py`, not by an operator. `by`, `since`
    and `reason` tell who set it, when and why.
    """

    period: BudgetPeriod
    limit: Decimal
    channel: str | None = None
    country: str | None = None
    campaign: str | None = None
    shop: str | None = None
    reserve: int = 0
    velocity: bool = False
    by: str | None = None
    since: datetime | None = None
    reason: str | None = None

    @property
    def scope(self) -> str:
        """What it covers, in words: `channel=sms country=SE`, or `all`."""
        named = ((name, getattr(self, name)) for name in DIMENSIONS)
        return " ".join(f"{name}={value}" for name, value in named if value) or "all"

    @property
    def id(self) -> str:
        """A readable id; one budget a scope and period."""
        return f"{'velocity ' if self.velocity else ''}{self.scope}/{self.period}"

    @property
    def kept(self) -> Decimal:
        """The US dollars that normal priority leaves to high priority."""
        return self.limit * self.reserve / 100

    def covers(self, spending: Spending) -> bool:
        """Tell whether a cost counts in this budget."""
        return all(getattr(self, name) in {None, getattr(spending, name)} for name in DIMENSIONS)

    def account(self, hour: str) -> str:
        """Return the key of the account in which a cost of *hour* counts."""
        return f"{self.id}#{self.period.of(hour)}"


class Limits(Struct, frozen=True, kw_only=True):
    """Every budget that operators have set; `version` counts the changes."""

    budgets: tuple[Budget, ...] = ()
    version: int = 0

    def covering(self, spending: Spending) -> tuple[Budget, ...]:
        """Return the budgets that a cost counts in."""
        return tuple(each for each in self.budgets if each.covers(spending))

    def with_budget(self, budget: Budget) -> tuple[Budget, ...]:
        """Return the budgets with *budget* in place of the one of the same scope and period."""
        return (*self.without(budget.id), budget)

    def without(self, budget_id: str) -> tuple[Budget, ...]:
        """Return the budgets without one."""
        return tuple(each for each in self.budgets if each.id != budget_id)
