"""What probably waits in a long queue is published again only when that is through."""

from datetime import timedelta

import pytest

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from tests.examples import notification
from tests.fakes.world import World
from tests.workflows.sweep.held_back import deferred

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SMS, MAIL = Channel.SMS, Channel.EMAIL
NORMAL, HIGH = Priority.NORMAL, Priority.HIGH


@pytest.fixture
def world() -> World:
    """A stage that sends a message a second."""
    world = World(rate=1)
    world.now.turn(10 * MINUTE)
    return world


def test_what_was_released_is_looked_at_when_its_queue_is_through(world: World) -> None:
    """Sooner, all that waits there would be published twice."""
    world.enter(row := deferred(1))
    world.work_queues.held = {(MAIL, NORMAL): 120}
    world.sweep_all()

    assert State.REQUESTED is world.state(row.id)
    assert world.now() + 7 * MINUTE == world.row(row.id).due_at


def test_while_the_queue_is_behind_nothing_is_published_again(world: World) -> None:
    world.enter(row := notification(1))
    world.work_queues.held = {(MAIL, NORMAL): 6 * 60}
    world.sweep_all()

    assert [] == world.notifications_topic.published
    assert (world.now() + 6 * MINUTE, 0) == (world.row(row.id).due_at, world.row(row.id).sweeps)


def test_a_lost_publication_is_made_good_when_the_queue_is_through(world: World) -> None:
    world.enter(notification(1))
    world.work_queues.held = {(MAIL, NORMAL): 6 * 60}
    world.sweep_all()
    world.work_queues.held = {}
    world.now.turn(6 * MINUTE)
    world.sweep_all()

    assert 1 == len(world.notifications_topic.published)


def test_high_priority_does_not_wait_for_the_queue_of_normal_priority(world: World) -> None:
    high = notification(1, priority=HIGH)
    world.enter(high, notification(2))
    world.work_queues.held = {(MAIL, NORMAL): 60 * 60, (MAIL, HIGH): 60}
    world.sweep_all()

    assert [high.id] == [n.id for n in world.notifications_topic.published]


def test_normal_priority_waits_behind_the_queue_of_high_priority(world: World) -> None:
    world.enter(notification(1))
    world.work_queues.held = {(MAIL, HIGH): 6 * 60}
    world.sweep_all()

    assert [] == world.notifications_topic.published
