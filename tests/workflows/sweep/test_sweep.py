"""An invocation of the sweeper does rounds until nothing is due, and no backlog fills those of another."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Hold, Why, held
from ordercast.sending.due_partitions import deferrals, looks
from ordercast.workflows.sweep.sweep import MOST_ROUNDS, ROUND_TAKES, in_turn, take_turns
from ordercast.workflows.sweep.swept import Swept
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger
from tests.fakes.world import World

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
OF_EACH_ONE = 7
"""So many rounds there are, of a stage with one Region."""


def deferred(number: int) -> Notification:
    return notification(number, state=State.DEFERRED, rule="quiet-hours")


class NamingEverything(FakeLedger):
    """One whose index names every row, whatever is asked."""

    def due(self, *_: object, **__: object) -> list[str]:
        return list(self.rows)


def ids(world: World) -> list[str]:
    return [n.id for n in world.notifications_topic.published]


def test_rounds_go_on_until_nothing_is_due(world: World) -> None:
    world.enter(*[deferred(n) for n in range(30)])
    world.now.turn(5 * MINUTE)
    swept = world.sweep_all(limit=8)

    assert (30, 30, 30) == (swept.looked_at, swept.released, swept.published)


def rounds_of(calls: list[str], name: str, times: int) -> Callable[[], bool]:
    """Return rounds that do something so many times."""

    def one() -> bool:
        calls.append(name)
        return calls.count(name) <= times

    return one


def test_no_round_begins_that_might_not_end_in_time() -> None:
    calls: list[str] = []
    left = iter([ROUND_TAKES, ROUND_TAKES, ROUND_TAKES - timedelta(seconds=1)])
    take_turns([rounds_of(calls, "release", 100)], time_left=lambda: next(left))

    assert 2 == len(calls)


def test_there_is_a_limit_of_rounds_besides_the_time() -> None:
    calls: list[str] = []
    take_turns(
        [rounds_of(calls, "release", 10 * MOST_ROUNDS)], time_left=lambda: timedelta(hours=1)
    )

    assert MOST_ROUNDS == len(calls)


def test_a_backlog_of_releases_does_not_fill_the_rounds_of_looks(world: World) -> None:
    """Even where time is up after a round of each."""
    world.enter(*[deferred(n) for n in range(20)], lost := notification(99))
    world.now.turn(5 * MINUTE)
    left = iter([ROUND_TAKES] * OF_EACH_ONE + [timedelta()])
    world.sweep_all(limit=5, time_left=lambda: next(left))

    assert lost.id in ids(world)
    assert 1 < len(ids(world)) < 21


def test_a_backlog_of_looks_does_not_fill_the_rounds_of_releases(world: World) -> None:
    world.enter(*[notification(n) for n in range(20)], waiting := deferred(99))
    world.now.turn(5 * MINUTE)
    left = iter([ROUND_TAKES] * OF_EACH_ONE + [timedelta()])
    world.sweep_all(limit=5, time_left=lambda: next(left))

    assert waiting.id in ids(world)


def test_what_is_slow_in_each_minute_holds_up_nothing_for_long(world: World) -> None:
    """As a provider that hangs when it is asked what it allows: a round of it, and time is up."""
    paused = Hold(why=Why.PAUSED, by="alex", since=world.now(), released_at=world.now())
    world.ledger.holds = (paused,)
    rows = [notification(1), deferred(2), held(notification(3), paused, until=world.now() + DAY)]
    world.enter(*rows)
    world.now.turn(5 * MINUTE)
    for _ in range(10):
        world.now.turn(MINUTE)
        left = iter([ROUND_TAKES, timedelta()])
        world.sweep_all(time_left=left.__next__)

    assert {each.id for each in rows} <= set(ids(world))


def test_each_workflow_is_the_first_within_ten_minutes_and_all_have_a_turn() -> None:
    asks, rounds = [_named("quota")], [_named(each) for each in "abcde"]
    orders = [in_turn(asks, rounds, START + minute * MINUTE) for minute in range(10)]

    assert {"quota", *"abcde"} == {order[0].__name__ for order in orders}
    assert all({*asks, *rounds} == {*order} and 6 == len(order) for order in orders)


def _named(name: str) -> Callable[[], bool]:
    def one() -> bool:
        return False

    one.__name__ = name
    return one


def test_a_failure_of_one_does_not_hold_up_the_others_and_is_raised_in_the_end(
    world: World,
) -> None:
    world.enter(deferred(1), notification(2))
    world.receipt_logs.unavailable = {"due"}
    world.now.turn(5 * MINUTE)

    with pytest.raises(LedgerUnavailable):
        world.sweep_all()
    assert 2 == len(ids(world))


def test_high_priority_goes_first_within_a_round(world: World) -> None:
    normal = [notification(n) for n in range(4)]
    high = notification(9, priority=Priority.HIGH)
    world.enter(*normal, high)
    world.now.turn(5 * MINUTE)
    world.sweep()

    assert high.id == ids(world)[0]


@pytest.mark.parametrize("state", [State.REQUESTED, State.DEFERRED])
def test_what_has_moved_to_another_partition_is_left_to_its_workflow(
    world: World, state: State
) -> None:
    """The index lags behind the rows: it names a release among deferrals, and the other way round."""
    world.ledger = NamingEverything()
    world.enter(row := notification(1, state=state))
    world.now.turn(5 * MINUTE)
    sweeper, swept = world.sweeper(), Swept()
    if state is State.REQUESTED:
        sweeper.release(deferrals(), swept, world.room())
    else:
        sweeper.look(looks(), swept, world.room())

    assert 0 == swept.looked_at
    assert row == world.row(row.id)
