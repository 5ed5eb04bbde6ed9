"""The explorer's day has hours in which e-mail is stopped for the account's reputation, and nothing else."""

from collections.abc import Sequence
from typing import Any

from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import Hold, Holds, Why
from ordercast.workflows.ports import RowChange
from tests.explorer.bad_reputation import STOP
from tests.explorer.checks.rows import all_rows
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.deployed.stage import Stage
from tests.explorer.exploring import played
from tests.explorer.safeguards.definition import Around


class _Noting(Around):
    """Notes which orders wait behind the stop, and how often it is set."""

    def __init__(self, inner: Any, noted: list[str]) -> None:
        super().__init__(inner)
        self.noted = noted

    def change(self, changes: Sequence[RowChange]) -> set[str]:
        held = [new for _, new in changes if new.is_held and new.held_by == STOP.id]
        self.noted += [row.order.order_id for row in held]
        written: set[str] = self.inner.change(changes)
        return written

    def hold(self, holds: Sequence[Hold]) -> Holds:
        self.noted += [str(each.why) for each in holds if each.why is Why.REPUTATION]
        kept: Holds = self.inner.hold(holds)
        return kept


def test_it_is_set_once_holds_what_comes_and_what_is_under_way_and_loses_nothing() -> None:
    noted: list[str] = []

    def noting(port: Any) -> _Noting:
        return _Noting(port, noted)

    day = played(fitting=Fitting(relay_ledger=noting, sender_ledger=noting, sweeper_ledger=noting))

    assert ["reputation", "o-bounced-2", "o-bounced-3"] == noted
    assert {f"o-bounced-{n}": (State.DELIVERED, 1) for n in (1, 2, 3, 4)} == _ends(day)
    assert all(hold.why is not Why.REPUTATION for hold in day.ledger.holds)


def _ends(day: Stage) -> dict[str, tuple[State, int]]:
    """Return how each order of these hours ended, and how often its provider was called."""
    return {
        row.order.order_id: (row.state, len(day.journal.calls_of(row.id)))
        for row in all_rows(day).values()
        if row.order.order_id.startswith("o-bounced-")
    }
