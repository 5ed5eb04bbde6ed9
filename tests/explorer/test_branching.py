"""A point that branches off a story leads to what it leads to when all is played anew for it alone."""

import random
from typing import NoReturn

import pytest

from tests.explorer.checks.promises import broken
from tests.explorer.deployed.stage import Stage
from tests.explorer.exploring import calls, judged, played, points
from tests.explorer.faults.branching import Unplayed
from tests.sampling import SAMPLED, sampled


def compared(set_up: Stage) -> tuple[list[str], list[str], str, object]:
    """What is to be the same: the calls, what broke, when it ended, what chance comes next."""
    now = str(set_up.clock())
    return [str(each) for each in set_up.fault_proxy.calls], broken(set_up), now, random.getstate()


@SAMPLED
def test_a_branch_is_the_story_with_its_point() -> None:
    """Each finding is replayed by its number."""
    everything = points(calls())
    some = everything[:: len(everything) // sampled(3, whole=8)]

    assert [compared(played(each)) for each in some] == judged(some, compared)
    assert 1 < len(some)


def trip(_: Stage) -> NoReturn:
    """Judge nothing."""
    raise KeyError("brewed")


def test_a_branch_that_cannot_be_played_is_no_promise_kept() -> None:
    with pytest.raises(Unplayed, match="KeyError: 'brewed'"):
        judged(points(calls())[:1], trip)
