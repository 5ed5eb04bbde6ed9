"""The relay decides by customer, cap, quiet hours and news who gets which message, and when."""

from collections import Counter
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.decisions.audience import CONSENT_ON_RECORD
from ordercast.decisions.usable_addresses import NOT_ALLOWED
from ordercast.errors import LedgerUnavailable
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.people.person import Person
from ordercast.sending.send_rules import CAP, QUIET_HOURS
from tests.examples import EMAIL, PHONE, payload, person, quiet_for
from tests.fakes.world import World
from tests.workflows.relay.order_events import orders, status_event, statuses_sent

# Consent


def test_a_customer_on_record_is_notified_by_their_own_address_and_consent(world: World) -> None:
    world.know(person(email="own@example.com", consents=frozenset({Channel.EMAIL})))
    world.relay(payload(customer_id="c-1", contact=None, channel=None))

    (row,) = world.rows()
    assert (State.REQUESTED, "own@example.com", CONSENT_ON_RECORD) == (
        row.state,
        row.recipient,
        row.consent,
    )


def test_a_guest_who_has_refused_is_known_by_their_hashed_address(world: World) -> None:
    world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))
    world.relay(payload())

    assert {Channel.SMS: None, Channel.EMAIL: "complained"} == {
        row.channel: row.rule for row in world.rows()
    }
    assert [Channel.SMS] == [channel for _, channel in world.published()]


def test_while_customers_cannot_be_read_nothing_is_decided(world: World) -> None:
    """An unreadable record is retried, never guessed."""
    world.ledger.troubled = lambda method, key: method == "look_up" and key == address_key(EMAIL)

    with pytest.raises(LedgerUnavailable):
        world.relay(payload())
    assert ({}, []) == (world.ledger.decisions, world.published())


def test_a_stage_writes_only_to_whom_it_may(world: World) -> None:
    world.policy = replace(world.policy, allowed=("*@example.com",))
    world.relay(payload())

    assert {Channel.SMS: NOT_ALLOWED, Channel.EMAIL: None} == {
        row.channel: row.rule for row in world.rows()
    }


# The cap


def rules(world: World) -> list[str | None]:
    """Return the rule of each row, by order."""
    return [row.rule for row in sorted(world.rows(), key=lambda row: row.order.order_id)]


def capped(world: World, cap: int) -> None:
    world.policy = replace(world.policy, cap=cap)


def test_what_no_longer_fits_under_the_cap_is_suppressed_and_says_so(world: World) -> None:
    capped(world, 2)
    world.relay(*orders(1, 2, 3))

    assert [None, None, CAP] == rules(world)
    assert ["o-1", "o-2"] == [order for order, _ in world.published()]


def test_the_cap_counts_across_batches_and_rolls_with_the_hour(world: World) -> None:
    capped(world, 2)
    world.relay(*orders(1))
    world.now.turn(timedelta(minutes=40))
    world.relay(*orders(2, 3), at=201)
    world.now.turn(timedelta(minutes=20))
    world.relay(*orders(4), at=301)

    assert [None, None, CAP, None] == rules(world)


def test_both_channels_take_their_slot(world: World) -> None:
    capped(world, 3)
    world.relay(*orders(1, 2, channel="both", customer_id="c-1"))

    assert {None: 3, CAP: 1} == Counter(rules(world))
    assert 3 == len(world.published())


def test_a_guest_s_addresses_are_strangers_to_each_other(world: World) -> None:
    capped(world, 1)
    world.relay(*orders(1, channel="both"))

    assert [None, None] == rules(world)
    assert {address_key(EMAIL), address_key(PHONE)} == world.people.kept.keys()


def test_a_redelivery_takes_no_second_slot(world: World) -> None:
    capped(world, 2)
    world.ledger.unavailable = {"record_decisions"}
    for _ in range(3):
        with pytest.raises(LedgerUnavailable):
            world.relay(*orders(1))
    world.ledger.unavailable = set()
    world.relay(*orders(1))
    world.relay(*orders(1), at=900)
    world.relay(*orders(2), at=201)

    assert [None, None] == rules(world)


def test_what_was_decided_long_ago_takes_no_slot_of_today(world: World) -> None:
    """A replay of yesterday's stream must not keep today's news from anybody."""
    capped(world, 1)
    world.relay(*orders(1))
    world.now.turn(timedelta(days=1))
    world.relay(*orders(1), at=900)
    world.relay(*orders(2), at=201)

    assert [None, None] == rules(world)


def test_what_is_not_to_be_sent_takes_no_slot(world: World) -> None:
    capped(world, 1)
    world.relay(*orders(1, channel=None))
    world.relay(*orders(2), at=201)

    assert [None] == [row.rule for row in world.rows() if row.order.order_id == "o-2"]


def test_news_that_did_not_fit_makes_nothing_old(world: World) -> None:
    capped(world, 1)
    world.relay(*orders(9), status_event("delivered"))
    world.now.turn(timedelta(hours=1))
    world.relay(status_event("shipped"), at=201)
    world.send_published()

    assert {"confirmed", "shipped"} == set(statuses_sent(world))


# Quiet hours


def asleep(world: World) -> None:
    night = quiet_for(timedelta(hours=8), since=world.now.at)
    world.policy = replace(world.policy, quiet=night)


def test_by_night_a_message_waits_for_the_morning_and_is_not_published(world: World) -> None:
    asleep(world)
    world.relay(*orders(1))

    (row,) = world.rows()
    assert (State.DEFERRED, QUIET_HOURS, world.now.at + timedelta(hours=8)) == (
        row.state,
        row.rule,
        row.due_at,
    )
    assert [] == world.published()


def test_a_retry_in_the_morning_waits_for_the_sweeper_as_it_was_decided(world: World) -> None:
    asleep(world)
    world.relay(*orders(1))
    world.now.turn(timedelta(hours=9))
    world.relay(*orders(1))

    assert [State.DEFERRED] == [row.state for row in world.rows()]
    assert [] == world.published()


def test_what_is_urgent_is_sent_by_night(world: World) -> None:
    asleep(world)
    world.relay(status_event("failed"))

    assert [("o-1", Channel.EMAIL)] == world.published()


def test_news_that_waits_for_the_morning_makes_older_news_old(world: World) -> None:
    """What was accepted after it says more, and is on its way."""
    world.relay(status_event("confirmed"))
    asleep(world)
    world.relay(status_event("shipped"), at=201)
    world.send_published()

    assert [] == statuses_sent(world)
    assert {("confirmed", "stale"), ("shipped", QUIET_HOURS)} == {
        (row.status, row.rule) for row in world.rows()
    }
