from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from notifications.errors import LedgerUnavailable
from notifications.lifecycle import State
from notifications.notification import Notification
from tests.examples import POLICY, notification
from tests.fakes.ledger import FakeLedger
from tests.fakes.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ONE = notification(1)


def ids(world: World) -> list[str]:
    return [n.id for n in world.hub.published]


def test_a_lost_publication_is_made_good(world: World) -> None:
    world.enter(ONE)
    world.now.turn(5 * MINUTE)
    swept = world.sweep()

    assert [ONE.id] == ids(world)
    assert (1, 1) == (swept.looked_at, swept.republished)


def test_what_is_not_due_yet_is_left_alone(world: World) -> None:
    world.enter(ONE)
    world.now.turn(5 * MINUTE - timedelta(seconds=1))

    assert 0 == world.sweep().looked_at


def test_a_notification_in_a_long_queue_is_republished_four_times_a_day_and_a_half(
    world: World,
) -> None:
    """It is requested too: republishing each minute would multiply the backlog."""
    world.enter(ONE)
    start, looks = world.now.at, []
    for _ in range(16 * 60):
        world.now.turn(MINUTE)
        if world.sweep().republished:
            looks.append(world.now.at - start)

    assert [5 * MINUTE, 35 * MINUTE, 3 * HOUR + 35 * MINUTE, 15 * HOUR + 35 * MINUTE] == looks


class RacedLedger(FakeLedger):
    """One in which another round is a moment faster, each time."""

    def postpone(self, looks: Sequence[tuple[Notification, datetime]]) -> set[str]:
        FakeLedger.postpone(self, looks)
        return FakeLedger.postpone(self, looks)


def test_of_two_rounds_at_once_only_the_faster_publishes(world: World) -> None:
    world.ledger = RacedLedger()
    world.enter(ONE)
    world.now.turn(POLICY.republish_after)
    swept = world.sweep()

    assert (1, 0) == (swept.looked_at, swept.republished)
    assert [] == ids(world)


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT, State.SENT])
def test_what_has_moved_on_is_not_published_again(world: World, state: State) -> None:
    world.enter(replace(ONE, state=state))
    world.now.turn(HOUR)
    swept = world.sweep()

    assert (1, 0) == (swept.looked_at, swept.republished)
    assert [] == ids(world)
    assert 0 == world.sweep().looked_at


def test_the_next_look_is_set_before_the_publication(world: World) -> None:
    """If we die between the two, what waits is the next look, and the message is not lost."""
    world.enter(ONE)
    world.now.turn(HOUR)
    world.ledger.unavailable = {"postpone"}

    with pytest.raises(LedgerUnavailable):
        world.sweep()
    assert [] == ids(world)


def test_a_publication_that_is_lost_again_is_made_good_at_the_next_look(world: World) -> None:
    world.enter(ONE)
    world.hub.takes = lambda _: False
    world.now.turn(5 * MINUTE)
    assert 0 == world.sweep().republished

    world.hub.takes = lambda _: True
    world.now.turn(30 * MINUTE)
    assert 1 == world.sweep().republished


def test_a_round_is_bounded_and_the_next_takes_up_the_rest(world: World) -> None:
    world.enter(*[notification(n) for n in range(7)])
    world.now.turn(HOUR)

    assert [3, 3, 1, 0] == [world.sweep(limit=3).looked_at for _ in range(4)]
    assert 7 == len(set(ids(world)))


def test_a_row_that_went_meanwhile_is_no_trouble(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index may still list what retention has removed."""
    monkeypatch.setattr(type(world.ledger), "due", lambda *_, **__: [ONE.id])

    assert 0 == world.sweep().looked_at
