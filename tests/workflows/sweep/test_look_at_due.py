"""A round of the sweeper publishes lost requests once, and no row holds up another."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.workflows.ports import RowChange
from ordercast.workflows.sweep.swept import Swept
from tests.examples import notification
from tests.fakes.ledger import FakeLedger
from tests.fakes.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ONE = notification(1)
TEXT = notification(2, Channel.SMS)


def ids(world: World) -> list[str]:
    return [n.id for n in world.notifications_topic.published]


# Lost publications


def test_a_lost_publication_is_made_good(world: World) -> None:
    world.enter(ONE)
    world.now.turn(5 * MINUTE)
    swept = world.sweep()

    assert [ONE.id] == ids(world)
    assert (1, 1, 0) == (swept.looked_at, swept.published, swept.doubtful)


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
        if world.sweep().published:
            looks.append(world.now.at - start)

    assert [5 * MINUTE, 35 * MINUTE, 3 * HOUR + 35 * MINUTE, 15 * HOUR + 35 * MINUTE] == looks


@pytest.mark.parametrize("state", [State.IN_DOUBT, State.SENT])
def test_what_has_moved_on_is_not_published_again(world: World, state: State) -> None:
    world.enter(replace(TEXT, state=state))
    world.now.turn(HOUR)
    swept = world.sweep()

    assert (1, 0) == (swept.looked_at, swept.published)
    assert 0 == world.sweep().looked_at


def test_the_next_look_is_set_before_the_publication(world: World) -> None:
    """If we die between the two, what waits is the next look, and the message is not lost."""
    world.enter(ONE)
    world.now.turn(HOUR)
    world.ledger.unavailable = {"change"}
    with pytest.raises(LedgerUnavailable):
        world.sweep()
    assert [] == ids(world)

    world.ledger.unavailable = set()
    assert 1 == world.sweep().published


def test_a_publication_that_is_lost_again_is_made_good_at_the_next_look(world: World) -> None:
    world.enter(ONE)
    world.notifications_topic.takes = lambda _: False
    world.now.turn(5 * MINUTE)
    assert 0 == world.sweep().published

    world.notifications_topic.takes = lambda _: True
    world.now.turn(30 * MINUTE)
    assert 1 == world.sweep().published


# Rounds


class RacedLedger(FakeLedger):
    """One in which another round is a moment faster, each time."""

    def change(self, changes: Sequence[RowChange]) -> set[str]:
        FakeLedger.change(self, changes)
        return FakeLedger.change(self, changes)


@pytest.mark.parametrize("state", [State.REQUESTED, State.DEFERRED])
def test_of_two_rounds_at_once_only_the_faster_publishes(world: World, state: State) -> None:
    world.ledger = RacedLedger()
    world.enter(replace(ONE, state=state))
    world.now.turn(world.policy.republish_after)
    swept = world.sweep()

    assert (1, 0) == (swept.looked_at, swept.published)
    assert [] == ids(world)


class LateLedger(FakeLedger):
    """One whose index still says what was due when it was last asked, as an index may."""

    remembered: Sequence[str] = ()

    def due(self, *partitions: Any, **wanted: Any) -> list[str]:
        due = [*self.remembered, *FakeLedger.due(self, *partitions, **wanted)]
        self.remembered = due
        return list(dict.fromkeys(due))


def test_what_another_round_has_just_done_is_not_done_again(world: World) -> None:
    """The index is a little late, and the row itself says when it is to be looked at."""
    world.ledger = LateLedger()
    world.enter(ONE)
    world.now.turn(HOUR)
    first, second = world.sweep(), world.sweep()

    assert ((1, 1), (0, 0)) == (
        (first.looked_at, first.published),
        (second.looked_at, second.published),
    )


@pytest.mark.parametrize("state", [State.DELIVERED, State.FAILED, State.SUPPRESSED, State.PARKED])
def test_what_has_ended_since_the_index_was_written_is_left_in_peace(
    world: World, state: State
) -> None:
    world.ledger = LateLedger(rows={ONE.id: replace(ONE, state=state, due_at=None)})
    world.ledger.remembered = [ONE.id]
    world.now.turn(HOUR)
    before = world.row(ONE.id)

    assert 0 == world.sweep().looked_at
    assert before == world.row(ONE.id)


def test_a_row_that_went_meanwhile_is_no_failure(world: World) -> None:
    """An index may still list what retention has removed."""
    world.ledger = LateLedger()
    world.ledger.remembered = [ONE.id]

    assert 0 == world.sweep().looked_at


def test_a_round_is_bounded_and_the_next_takes_up_the_rest(world: World) -> None:
    world.enter(*[notification(n) for n in range(7)])
    world.now.turn(HOUR)

    assert [3, 3, 1, 0] == [world.sweep(limit=3).looked_at for _ in range(4)]
    assert 7 == len(set(ids(world)))


def test_a_bug_in_one_row_holds_up_no_other_and_backs_off(
    world: World,
) -> None:
    """Otherwise the first row that is due would be the last that is ever looked at."""
    two = replace(notification(3), state=State.DEFERRED)
    world.enter(replace(ONE, state=State.DEFERRED), TEXT, two)

    def trip_over_the_first(row: Notification) -> timedelta:
        if row.id == ONE.id:
            raise KeyError("brewed")
        return HOUR

    sweeper = world.sweeper()
    tripping = replace(sweeper, release=replace(sweeper.release, send_within=trip_over_the_first))
    world.now.turn(5 * MINUTE)
    swept = Swept()
    tripping(swept, time_left=world.time_left)

    assert (["KeyError"], [TEXT.id, two.id]) == (swept.bugs, ids(world))
    assert (State.DEFERRED, world.now.at + 30 * MINUTE) == (
        world.state(ONE.id),
        world.row(ONE.id).due_at,
    )


def test_a_round_with_nothing_to_do_asks_for_nothing_more(world: World) -> None:
    world.sweep()

    assert 0 == world.receipts.reads
