"""Take a safeguard away, and the explorer has to notice: what it does not see, it does not guard."""

from collections.abc import Callable, Iterator

import pytest

from tests.explorer.checks.promises import broken
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.exploring import calls, played
from tests.explorer.faults.points import Point
from tests.explorer.safeguards.breakers import SAFEGUARDS_OF_BREAKERS
from tests.explorer.safeguards.budgets import SAFEGUARDS_OF_BUDGETS
from tests.explorer.safeguards.deciding import SAFEGUARDS_OF_DECIDING
from tests.explorer.safeguards.definition import Safeguard
from tests.explorer.safeguards.fallbacks import SAFEGUARDS_OF_FALLBACKS
from tests.explorer.safeguards.holds import SAFEGUARDS_OF_HOLDS
from tests.explorer.safeguards.receipts import SAFEGUARDS_OF_RECEIPTS
from tests.explorer.safeguards.reputation import SAFEGUARDS_OF_REPUTATION
from tests.explorer.safeguards.sending import SAFEGUARDS_OF_SENDING
from tests.explorer.safeguards.tries import SAFEGUARDS_OF_TRIES

SAFEGUARDS = (
    *SAFEGUARDS_OF_BREAKERS,
    *SAFEGUARDS_OF_BUDGETS,
    *SAFEGUARDS_OF_DECIDING,
    *SAFEGUARDS_OF_FALLBACKS,
    *SAFEGUARDS_OF_TRIES,
    *SAFEGUARDS_OF_SENDING,
    *SAFEGUARDS_OF_HOLDS,
    *SAFEGUARDS_OF_REPUTATION,
    *SAFEGUARDS_OF_RECEIPTS,
)
each_safeguard = pytest.mark.parametrize("safeguard", SAFEGUARDS, ids=lambda each: each.name)


@each_safeguard
def test_without_it_a_promise_breaks(safeguard: Safeguard) -> None:
    assert any(_shows(safeguard, safeguard.without))


@each_safeguard
def test_with_it_and_nothing_behind_it_that_promise_holds(safeguard: Safeguard) -> None:
    assert not any(_shows(safeguard, safeguard.kept))


def _shows(safeguard: Safeguard, fitting: Callable[[], Fitting]) -> Iterator[bool]:
    """Tell in turn, for each point at which the loss might show, whether it does."""
    for point in _points(safeguard, fitting()):
        yield any(safeguard.breaks in line for line in broken(played(point, fitting=fitting())))


def _points(safeguard: Safeguard, fitting: Fitting) -> list[Point | None]:
    if safeguard.fault is None:
        return [None]
    where = safeguard.function, *safeguard.call
    found: list[Point | None] = [
        Point(number=call.number, fault=safeguard.fault)
        for call in calls(fitting)
        if (call.function, call.port, call.method) == where
    ]
    assert found, where
    return found
