"""Deferred messages are released when quiet hours end, unless a rule forbids it or they are too old."""

from collections import Counter
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.people.person import Person
from ordercast.sending.send_rules import CAP
from tests.examples import EMAIL, payload, quiet_for
from tests.fakes.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def deferred(world: World) -> str:
    """Bring an order during somebody's quiet hours, which end in eight."""
    world.policy = replace(world.policy, quiet=quiet_for(8 * HOUR, since=world.now.at))
    world.relay(payload(channel="email"))
    (row,) = world.rows()
    return row.id


def test_what_was_deferred_is_sent_in_the_morning_and_not_before(world: World) -> None:
    identity = deferred(world)
    world.now.turn(8 * HOUR - MINUTE)
    assert 0 == world.sweep().looked_at
    world.now.turn(MINUTE)
    assert 1 == world.sweep().published
    world.send_published()

    assert (State.SENT, None) == (world.state(identity), world.row(identity).rule)
    assert {identity: 1} == world.got()


def test_waiting_for_the_morning_makes_nobody_s_message_too_old(world: World) -> None:
    """Neither for the sweeper nor, an hour of a long queue later, for the sender."""
    world.send_within = 2 * HOUR
    identity = deferred(world)
    world.now.turn(8 * HOUR)
    world.sweep()
    world.now.turn(HOUR)
    world.send_published()

    assert State.SENT == world.state(identity)


def test_a_release_that_comes_too_late_is_none(world: World) -> None:
    world.send_within = 2 * HOUR
    identity = deferred(world)
    world.now.turn(8 * HOUR + 2 * HOUR + MINUTE)

    assert 0 == world.sweep().published
    assert (State.SUPPRESSED, "expired") == (world.state(identity), world.row(identity).rule)


def test_a_release_checks_the_send_rules_again(world: World) -> None:
    identity = deferred(world)
    world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))
    world.now.turn(8 * HOUR)

    assert 0 == world.sweep().published
    assert (State.SUPPRESSED, "complained") == (world.state(identity), world.row(identity).rule)


def test_what_became_old_news_over_night_is_not_sent_in_the_morning(world: World) -> None:
    identity = deferred(world)
    world.relay(payload(event_id="e-2", status="shipped", channel="email"), at=201)
    world.now.turn(8 * HOUR)

    assert 1 == world.sweep().published
    assert (State.SUPPRESSED, "stale") == (world.state(identity), world.row(identity).rule)


def test_while_customers_cannot_be_read_nothing_is_released(world: World) -> None:
    identity = deferred(world)
    world.now.turn(8 * HOUR)
    world.ledger.troubled = lambda method, key: method == "look_up" and key == address_key(EMAIL)

    with pytest.raises(LedgerUnavailable):
        world.sweep()
    assert State.DEFERRED == world.state(identity)


def test_what_a_night_held_back_does_not_come_all_at_once_in_the_morning(world: World) -> None:
    """Three an hour for six hours: the morning holds as many as any other hour may."""
    world.policy = replace(world.policy, quiet=quiet_for(8 * HOUR, since=world.now.at), cap=3)
    for n in range(18):
        world.relay(payload(event_id=f"e-{n}", order_id=f"o-{n}", channel="sms"), at=300 + n)
        world.now.turn(HOUR / 3)
    world.now.turn(2 * HOUR)
    world.sweep()
    world.send_published()

    assert {f"o-{n}" for n in range(3)} == {
        row.order.order_id for row in world.rows() if row.state is State.SENT
    }
    assert 3 == len(world.provider.calls)
    assert {CAP: 15, None: 3} == Counter(row.rule for row in world.rows())


def test_in_the_hour_after_a_full_morning_there_is_room_for_nothing_more(world: World) -> None:
    world.policy = replace(world.policy, quiet=quiet_for(HOUR, since=world.now.at), cap=1)
    world.relay(payload(channel="sms"))
    world.now.turn(HOUR)
    world.sweep()
    world.relay(payload(order_id="o-2", event_id="e-2", channel="sms"), at=201)
    world.now.turn(HOUR)
    world.relay(payload(order_id="o-3", event_id="e-3", channel="sms"), at=202)

    assert {"o-1": None, "o-2": CAP, "o-3": None} == {
        row.order.order_id: row.rule for row in world.rows()
    }
