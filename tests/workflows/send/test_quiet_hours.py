"""Quiet hours are asked again before each claim: what waited into them goes when they end."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.rollups.rollup import hour_of
from ordercast.sending.send_rules import EXPIRED, QUIET_AT_MOST, QUIET_HOURS
from tests.examples import EMAIL, PHONE, notification, payload, person, quiet_for
from tests.fakes.world import World

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = 11 * HOUR

ONE, TEXT = notification(1), notification(4, Channel.SMS)


def evening(world: World, *, after: timedelta = HOUR) -> None:
    """Let quiet hours begin that long from now, where PHONE rings."""
    world.policy = replace(world.policy, quiet=quiet_for(NIGHT, since=world.now.at + after))


def only(rows: Iterable[Notification]) -> Notification:
    (row,) = rows
    return row


def late(world: World, *, by: timedelta = HOUR, **changes: object) -> Notification:
    """Relay an order an hour before quiet hours, let its senders come *by* later, and return its row."""
    evening(world)
    world.relay(payload(**{"channel": "email", **changes}))
    world.now.turn(by)
    world.send_published()
    return only(world.rows())


@pytest.mark.parametrize("row", [ONE, TEXT])
def test_what_waited_into_quiet_hours_goes_when_they_end_and_not_before(
    world: World, row: Notification
) -> None:
    world.enter(row)
    evening(world)
    world.now.turn(HOUR + MINUTE)
    ends = world.now.at - MINUTE + NIGHT
    sent = world.send(row.id, channel=row.channel)

    # Its message is done with: the sweeper publishes another.
    assert ({State.DEFERRED: 1}, {}) == (sent.settled, sent.retry)
    assert not world.got()
    waiting = world.row(row.id)
    assert (QUIET_HOURS, ends) == (waiting.rule, waiting.due_at)
    # A minute before the quiet hours end, nothing happens.
    world.now.at = ends - MINUTE
    assert 0 == world.sweep().published

    world.now.at = ends
    assert 1 == world.sweep().published
    world.send_published()
    assert (State.SENT, {row.id: 1}) == (world.state(row.id), world.got())


def test_high_priority_waits_for_no_morning(world: World) -> None:
    world.enter(replace(ONE, priority=Priority.HIGH))
    evening(world, after=timedelta())
    world.send(ONE.id)

    assert State.SENT == world.state(ONE.id)


def test_the_customer_s_own_quiet_hours_win_over_the_stage_s(world: World) -> None:
    evening(world)
    world.relay(payload(channel="email", customer_id="c-1"))
    world.know(person(quiet=quiet_for(HOUR, since=world.now.at)))
    world.send_published()

    row = only(world.rows())
    assert (State.DEFERRED, world.now.at + HOUR) == (row.state, row.due_at)


@pytest.mark.parametrize(
    "contact",
    [
        {"email": EMAIL, "time_zone": "America/Los_Angeles"},
        {"email": EMAIL, "phone": PHONE},
        {"email": EMAIL, "phone": PHONE, "time_zone": "Mars/Olympus", "country": "SE"},
    ],
)
def test_where_the_event_says_that_somebody_is_counts_for_the_sender_too(
    world: World, contact: dict[str, str]
) -> None:
    """Neither the stage's zone nor a country: the row keeps what an e-mail address does not tell."""
    assert State.DEFERRED == late(world, contact=contact).state


def test_an_hour_before_quiet_hours_nobody_waits(world: World) -> None:
    assert State.SENT == late(world, by=timedelta()).state


def test_the_relay_and_the_sender_agree_on_when_quiet_hours_end(world: World) -> None:
    """What was deferred to the end of quiet hours is not deferred once more by another clock."""
    evening(world, after=timedelta())
    for n, contact in enumerate(
        (
            {"email": EMAIL},
            {"email": EMAIL, "phone": "+442079460100"},
            {"email": EMAIL, "country": "US"},
            {"email": EMAIL, "time_zone": "Asia/Kolkata", "phone": PHONE},
        )
    ):
        world.relay(payload(order_id=f"o-{n}", event_id=f"e-{n}", channel="email", contact=contact))
    deferrals = {row.id: row.due_at for row in world.rows() if row.due_at and row.rule}
    assert 3 <= len(deferrals)
    for each, due_at in sorted(deferrals.items(), key=lambda item: item[1]):
        world.now.at = max(world.now.at, due_at)
        world.sweep()
        world.send_published()
        assert State.SENT == world.state(each)


def test_a_wait_for_the_morning_makes_no_message_older_and_stays_in_its_hour(world: World) -> None:
    world.send_within = 2 * HOUR
    row = late(world, by=HOUR + MINUTE)
    hour = hour_of(row.effective_at)
    # An hour and a minute old in the evening, and still so in the morning.
    world.now.turn(NIGHT - MINUTE)
    world.sweep()
    world.now.turn(HOUR - MINUTE)
    world.send_published()

    sent = world.row(row.id)
    assert (State.SENT, hour) == (sent.state, hour_of(sent.effective_at))


def test_what_is_too_old_without_the_night_expires_all_the_same(world: World) -> None:
    world.send_within = 2 * HOUR
    row = late(world, by=HOUR + MINUTE)
    world.now.turn(NIGHT - MINUTE)
    world.sweep()
    world.now.turn(HOUR)
    world.send_published()

    assert (State.SUPPRESSED, EXPIRED) == (world.state(row.id), world.row(row.id).rule)


def test_a_message_goes_in_a_window_of_half_an_hour_between_two_quiet_hours(world: World) -> None:
    world.policy = replace(
        world.policy, quiet=quiet_for(24 * HOUR - 30 * MINUTE, since=world.now.at)
    )
    world.enter(ONE)
    world.send(ONE.id)
    world.now.turn(24 * HOUR - 30 * MINUTE + MINUTE)
    world.sweep()
    world.send_published()

    assert State.SENT == world.state(ONE.id)


def test_what_never_finds_its_turn_between_quiet_hours_expires_in_the_end(world: World) -> None:
    """Each evening it is deferred anew: that must have an end."""
    world.policy = replace(world.policy, quiet=quiet_for(23 * HOUR, since=world.now.at))
    world.enter(ONE)
    for _ in range(10):
        world.send(ONE.id)
        world.now.turn(23 * HOUR)
        world.sweep()
        # Its sender comes when the window of an hour is over.
        world.now.turn(HOUR)

    assert (State.SUPPRESSED, EXPIRED) == (world.state(ONE.id), world.row(ONE.id).rule)
    ended = world.row(ONE.id).closed_at
    assert ended is not None
    assert ended - ONE.effective_at <= QUIET_AT_MOST + world.send_within + 24 * HOUR


def test_a_doubtful_e_mail_that_is_sent_once_more_waits_for_the_morning_too(world: World) -> None:
    doubtful = replace(ONE, resends=1, in_doubt_since=world.now.at)
    world.enter(doubtful)
    evening(world, after=timedelta())
    world.send(ONE.id)
    assert State.DEFERRED == world.state(ONE.id)
    world.now.turn(NIGHT)
    world.sweep()
    world.send_published()

    assert (State.SENT, 1) == (world.state(ONE.id), world.got()[ONE.id])
