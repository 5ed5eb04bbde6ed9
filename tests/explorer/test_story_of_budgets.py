"""The explorer's day has messages over a budget: that are sent, that pass its hold, and that wait in vain."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import Hold, Holds, Why
from ordercast.workflows.ports import RowChange
from tests.explorer.checks.rows import all_rows
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.exploring import (
    played,
)
from tests.explorer.orders import PUMPED
from tests.explorer.safeguards.definition import Around


def test_one_message_passes_the_hold_and_one_stays_behind_it() -> None:
    passed: set[str] = set()
    again = played(fitting=Fitting(sweeper_ledger=lambda port: Passing(port, passed)))

    assert 1 == len(passed)
    harvest = [row for row in all_rows(again).values() if row.campaign == "harvest"]
    assert {(Decimal("0.01"), None): 2, (None, "over-budget"): 1} == Counter(
        (row.cost, row.rule) for row in harvest
    )


def test_a_text_over_the_velocity_limit_of_its_hour_is_held_back_and_never_sent() -> None:
    held: set[str] = set()
    again = played(fitting=Fitting(sender_ledger=lambda port: Holding(port, held)))
    pumped = [row for row in all_rows(again).values() if row.order.order_id == PUMPED]

    assert {"velocity:channel=sms,country=US,period=2026-03-02T11"} == held
    assert [(State.SUPPRESSED, "over-budget", 0)] == [(r.state, r.rule, r.attempts) for r in pumped]


class Holding(Around):
    """Notes the holds that a velocity limit writes."""

    def __init__(self, inner: Any, noted: set[str]) -> None:
        super().__init__(inner)
        self.noted = noted

    def hold(self, holds: Sequence[Hold]) -> Holds:
        self.noted |= {each.id for each in holds if each.why is Why.VELOCITY}
        kept: Holds = self.inner.hold(holds)
        return kept


class Passing(Around):
    """Notes the orders of which a message passes a hold for money."""

    def __init__(self, inner: Any, noted: set[str]) -> None:
        super().__init__(inner)
        self.noted = noted

    def change(self, changes: Sequence[RowChange]) -> set[str]:
        written: set[str] = self.inner.change(changes)
        passing = [new for _, new in changes if new.state is State.REQUESTED and new.id in written]
        self.noted |= {
            row.order.order_id for row in passing if str(row.held_by).startswith("budget:")
        }
        return written
