"""Compare budgets hour by hour, and look at the rollups of what differs in passes. Used by the verifier.

A slot of a month is a day, whose rollups may take longer to look at than a function runs. So what
differs is noted first; after the wait, when every draw is claimed or never will be, its hours are
looked at one after the other; and what is still as it was noted then is corrected.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from ordercast.reconciliation.progress import HourProgress, HourStep
from ordercast.rollups.rollup import hour_of
from ordercast.workflows.ports import Deadline
from ordercast.workflows.reconcile.compare_budgets import CompareBudgets
from ordercast.workflows.reconcile.compare_in_passes import (
    HOUR,
    WRONG,
    CompareInPasses,
    KeptProgress,
    hour_after,
)


class BudgetsOfHour(Struct, frozen=True, kw_only=True):
    """How far the budgets of an hour have come: how many slots were corrected, once it `is_over`."""

    hour: str
    corrected: int
    is_over: bool


class CompareBudgetsInPasses(Struct, frozen=True, kw_only=True):
    """Compare the slots that end with each hour, once when it is so many hours old."""

    budgets: CompareBudgets
    hours: CompareInPasses
    progress: KeptProgress
    now: Callable[[], datetime]

    def __call__(self, age: int, *, deadline: Deadline) -> BudgetsOfHour | None:
        """Do the next step for the next hour of that *age*; None if none can be done now."""
        due = hour_of(self.now() - age * HOUR)
        kept = self.progress.load(-age) or HourProgress(age=-age, hour=due)
        if kept.hour > due or self._waits(kept):
            return None
        after, corrected = self._looked(kept, deadline) if kept.noted else (self._noted(kept), 0)
        if not self.progress.save(replace(after, revision=kept.revision + 1)):
            return None
        return BudgetsOfHour(
            hour=kept.until or kept.hour, corrected=corrected, is_over=not after.noted
        )

    def _waits(self, kept: HourProgress) -> bool:
        if not kept.noted:
            return False
        return self.now() < datetime.fromisoformat(kept.noted_at) + self.budgets.wait

    def _noted(self, kept: HourProgress) -> HourProgress:
        """Note what differs in the slots that end with the hour, and where their first hour is."""
        found = self.budgets.differences([kept.hour])
        if not found:
            return _next(kept.age, kept.hour)
        return HourProgress(
            age=kept.age,
            hour=min(hour for each in found for hour in each.hours),
            step=HourStep.NOTIFICATIONS,
            until=kept.hour,
            noted=tuple(sorted(each.difference for each in found)),
            noted_at=self.now().isoformat(),
        )

    def _looked(self, kept: HourProgress, deadline: Deadline) -> tuple[HourProgress, int]:
        """Look at an hour of the slots; after the last one correct what is still as it was noted."""
        made = self.hours.look(kept, deadline=deadline)
        if made.step is not HourStep.COMPARED:
            return made, 0
        if any(made.figures.get(name) for name in (*WRONG, "moving")):
            # Nothing is believed of rollups that are not right.
            return _next(made.age, made.until), 0
        if made.hour < made.until:
            return HourProgress(
                age=made.age,
                hour=hour_after(made.hour),
                step=HourStep.NOTIFICATIONS,
                until=made.until,
                noted=made.noted,
                noted_at=made.noted_at,
            ), 0
        found = self.budgets.differences([made.until])
        corrected = self.budgets.correct(each for each in found if each.difference in made.noted)
        return _next(made.age, made.until), corrected


def _next(age: int, hour: str) -> HourProgress:
    return HourProgress(age=age, hour=hour_after(hour))
