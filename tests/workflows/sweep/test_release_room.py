"""A release puts no more into a queue than its senders take soon, and a look adds no copy to a long one."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.errors import QueueUnavailable
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.bucket import fresh
from ordercast.pacing.holds import held
from ordercast.people.person import Person
from ordercast.sending.due_partitions import SHARDS
from ordercast.sending.send_rules import back_pressured
from ordercast.sending.units import units_of
from ordercast.templates.statuses import send_within
from ordercast.workflows.release_room import MEASURED
from ordercast.workflows.sweep.swept import Swept
from tests.examples import EMAIL, notification, paused
from tests.fakes.services import SEND_POLICY
from tests.fakes.world import World
from tests.workflows.sweep.held_back import deferred

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SMS, MAIL = Channel.SMS, Channel.EMAIL
NORMAL, HIGH = Priority.NORMAL, Priority.HIGH


def waiting(world: World, channel: Channel = MAIL) -> int:
    """Return how many of a channel still wait on the ledger."""
    return sum(r.state is State.DEFERRED and r.channel is channel for r in world.rows())


@pytest.fixture
def world() -> World:
    """A stage that sends a message a second: 300 may wait in a queue."""
    world = World(rate=1)
    world.now.turn(10 * MINUTE)
    return world


def sweep(world: World, shards: range = SHARDS) -> None:
    world.sweep_all(shards)


def test_no_more_is_released_than_takes_five_minutes(world: World) -> None:
    world.enter(*[deferred(n) for n in range(320)])
    sweep(world)

    assert 20 == waiting(world)
    assert 300 == len(world.notifications_topic.published)


def test_texts_of_many_parts_take_as_much_room_as_they_have_parts(world: World) -> None:
    """The rate is in parts a second: a queue of three-part texts lasts three times as long."""
    world.units = lambda row: 3 if row.channel is SMS else 1
    world.enter(*[deferred(n, SMS) for n in range(320)])
    world.work_queues.held = {(SMS, NORMAL): 40}
    sweep(world)

    assert 60 == len(world.notifications_topic.published)
    looks = {r.due_at for r in world.rows() if r.state is State.REQUESTED}
    assert {world.now() + 7 * MINUTE} == looks


def test_what_texts_have_on_average_is_measured_on_some_of_them(world: World) -> None:
    measured = []
    world.units = lambda row: measured.append(row.id) or len(measured) % 2 + 1  # type: ignore[func-returns-value]  # counts
    world.enter(*[deferred(n, SMS) for n in range(320)])
    sweep(world)

    assert (MEASURED, 200) == (len(measured), len(world.notifications_topic.published))


def test_a_text_that_cannot_be_rendered_is_released_for_its_sender_to_say_so(world: World) -> None:
    def fails(_: Notification) -> int:
        raise RuntimeError

    world.units = fails
    world.enter(deferred(1, SMS))
    sweep(world)

    assert 0 == waiting(world)


def test_an_email_is_one_unit_and_a_text_as_many_as_it_has_parts() -> None:
    long = replace(
        deferred(1, SMS), order=replace(deferred(1, SMS).order, shop="Tea & Things " * 20)
    )
    claimed = replace(long, parts=7)

    assert (1, 1, 7) == (units_of(deferred(1)), units_of(deferred(1, SMS)), units_of(claimed))
    assert units_of(long) > 1


def test_what_is_old_for_its_nights_alone_needs_room_as_all_others_do(world: World) -> None:
    """What has expired needs none, because nothing of it is sent."""
    old = world.now.at - world.send_within - HOUR
    nights = [replace(deferred(n), effective_at=old, ages_from=world.now.at) for n in range(320)]
    world.enter(*nights)
    sweep(world)

    assert 20 == waiting(world)


def test_what_waits_in_the_queues_of_both_priorities_leaves_less_room(world: World) -> None:
    world.enter(*[deferred(n) for n in range(30)])
    world.work_queues.held = {(MAIL, NORMAL): 200, (MAIL, HIGH): 90, (SMS, NORMAL): 1000}
    sweep(world)

    assert 20 == waiting(world)


def test_what_found_no_room_is_released_when_there_is_some(world: World) -> None:
    world.enter(*[deferred(n) for n in range(30)])
    world.work_queues.held = {(MAIL, NORMAL): 290}
    sweep(world)
    world.work_queues.held = {(MAIL, NORMAL): 240}
    world.now.turn(MINUTE)
    sweep(world)

    assert 0 == waiting(world)


def test_groups_that_sweep_side_by_side_share_the_room(world: World) -> None:
    world.enter(*[deferred(n) for n in range(1000)])
    sweep(world, SHARDS[0::4])

    assert 75 == len(world.notifications_topic.published)


def test_a_channel_without_room_holds_up_no_other(world: World) -> None:
    world.enter(*[deferred(n, SMS) for n in range(30)], *[deferred(n) for n in range(40, 50)])
    world.work_queues.held = {(SMS, NORMAL): 300}
    sweep(world)

    assert (30, 0) == (waiting(world, SMS), waiting(world))


def test_the_rate_is_the_bucket_s_by_now(world: World) -> None:
    """The provider throttles: half of the rate, half of the room."""
    bucket = fresh(SEND_POLICY.origination, limit=1, now=world.now())
    world.buckets.kept[bucket.key] = replace(bucket, rate=0.5)
    world.enter(*[deferred(n) for n in range(200)])
    sweep(world)

    assert 50 == waiting(world)


def test_what_expires_first_goes_first_where_not_all_can_go(world: World) -> None:
    soon = [replace(deferred(n), effective_at=world.now() - HOUR) for n in range(40, 50)]
    world.enter(*[deferred(n) for n in range(40)], *soon)
    world.work_queues.held = {(MAIL, NORMAL): 290}
    sweep(world)

    assert {row.id for row in soon} == {n.id for n in world.notifications_topic.published}


def test_what_is_not_sent_after_all_takes_no_room(world: World) -> None:
    """A person who refused meanwhile has as many messages as there is room for."""
    refused = [replace(deferred(n), effective_at=world.now() - HOUR) for n in range(10)]
    others = [replace(deferred(n), recipient="b@example.com") for n in range(10, 20)]
    world.enter(*refused, *others)
    world.know(Person(key=address_key(EMAIL), refusals={MAIL: "complained"}))
    world.work_queues.held = {(MAIL, NORMAL): 290}
    sweep(world)

    assert {row.id for row in others} == {n.id for n in world.notifications_topic.published}


def test_without_a_count_nothing_is_released_and_nothing_is_lost(world: World) -> None:
    world.enter(deferred(1))
    world.work_queues.unavailable = True

    with pytest.raises(QueueUnavailable):
        sweep(world)
    assert 1 == waiting(world)

    world.work_queues.unavailable = False
    sweep(world)
    assert 0 == waiting(world)


def test_an_invocation_measures_once_and_only_when_something_is_due(world: World) -> None:
    sweep(world)
    assert 0 == world.work_queues.reads

    world.enter(*[deferred(n) for n in range(200)], notification(300))
    sweep(world)
    assert 1 == world.work_queues.reads


# What expires first


def of_status(world: World, status: str, number: int) -> Notification:
    """Return one of many that are due since the same minute."""
    row = replace(deferred(number), template=status, status=status, due_at=world.now())
    return replace(row, effective_at=world.now())


def test_what_may_wait_for_a_day_only_goes_before_all_that_may_wait_longer(world: World) -> None:
    """However many of the others are due as long: nothing expires that could have been sent."""
    long = [of_status(world, "shipped", n) for n in range(400)]
    short = [of_status(world, "confirmed", n) for n in range(400, 500)]
    world.enter(*long, *short)
    world.work_queues.held = {(MAIL, NORMAL): 200}
    sweeper = world.sweeper(limit=40)
    release = replace(sweeper.release, send_within=send_within)
    replace(sweeper, release=release)(Swept(), time_left=world.time_left)

    assert {row.id for row in short} == {n.id for n in world.notifications_topic.published}


def test_high_priority_goes_first_however_many_of_normal_are_due_for_longer(world: World) -> None:
    """As after an outage, in which all of them came from their queues in vain."""
    urgent_since = world.now()
    normal = [back_pressured(notification(n), until=urgent_since - HOUR) for n in range(2000)]
    urgent = [
        back_pressured(
            notification(n, priority=HIGH, effective_at=urgent_since), until=urgent_since
        )
        for n in range(3000, 3005)
    ]
    world.enter(*normal, *urgent)
    sweep(world)

    first = [each.priority for each in world.notifications_topic.published]
    assert ([HIGH] * 5, 300) == (first[:5], len(first))


# What waits behind a hold, and at a provider that takes nothing


def test_what_waits_behind_a_hold_that_was_let_go_is_in_the_backlog_and_expires_too(
    world: World,
) -> None:
    """900 at one a second behind 300 that are queued: those whose turn comes later than they last."""
    world.work_queues.held = {(MAIL, NORMAL): 300}
    world.send_within = 20 * MINUTE
    hold = paused(channel=MAIL)
    behind = [held(notification(n), hold, until=world.now() + 10 * MINUTE) for n in range(900)]
    world.enter(*behind)
    world.ledger.hold([hold])
    world.ledger.let_go({hold.id}, at=world.now())
    swept = world.sweep_all()

    assert (0, 900) == (swept.released, swept.backlog)
    # In ten minutes 600 have their turn, of which 300 stand before.
    assert 600 == swept.would_expire[MAIL]


def test_high_priority_goes_first_however_many_wait_behind_the_hold(world: World) -> None:
    """More than a round reads, and all of them expire before what is urgent."""
    hold = paused(channel=MAIL)
    behind = [held(notification(n), hold, until=world.now()) for n in range(2000)]
    later = world.now() + HOUR
    urgent = [
        replace(held(notification(n), hold, until=later), priority=HIGH, effective_at=later)
        for n in range(3000, 3005)
    ]
    world.enter(*behind, *urgent)
    world.ledger.hold([hold])
    world.ledger.let_go([hold.id], at=world.now())
    sweep(world)

    first = [each.priority for each in world.notifications_topic.published]
    assert ([HIGH] * 5, 300) == (first[:5], len(first))


def test_normal_priority_waits_while_more_of_high_does(world: World) -> None:
    hold = paused(channel=MAIL)
    rows = [held(notification(n), hold, until=world.now()) for n in range(400)]
    world.enter(*[replace(row, priority=HIGH) for row in rows[:200]], *rows[200:])
    world.ledger.hold([hold])
    world.ledger.let_go([hold.id], at=world.now())
    world.sweeper(limit=80)(swept := Swept(), time_left=world.time_left)

    published = [each.priority for each in world.notifications_topic.published]
    assert ([HIGH] * 200 + [NORMAL] * 100, 300) == (published, swept.released)
