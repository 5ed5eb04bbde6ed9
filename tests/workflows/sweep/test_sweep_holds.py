"""What waits behind a hold is released when it is let go, and costs nothing until then."""

from collections import Counter
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import STALE_VIEW, Why, held
from ordercast.people.person import Person
from ordercast.sending.send_rules import expires_at
from ordercast.workflows.sweep.sweep_holds import HOLDS_A_ROUND
from ordercast.workflows.sweep.swept import Swept
from tests.examples import EMAIL, notification, paused
from tests.fakes.world import World
from tests.workflows.sweep.held_back import (
    LETTERS,
    MINUTE,
    ONE,
    TWO,
    hold_back,
    hold_of,
    let_go,
)


def test_what_is_held_is_not_looked_at_however_long_it_waits(world: World) -> None:
    hold_back(world, ONE, TWO)
    world.now.turn(world.send_within - MINUTE)

    assert (0, 0) == (world.sweep().looked_at, world.sweep().published)
    world.now.turn(MINUTE)
    assert 0 == world.sweep().looked_at
    assert State.DEFERRED == world.state(ONE.id)


def test_what_is_let_go_is_sent_once_and_keeps_its_age(world: World) -> None:
    hold_back(world, ONE, TWO)
    world.now.turn(MINUTE)
    let_go(world)
    swept = world.sweep()

    assert (2, 2) == (swept.released, swept.published)
    released = world.row(ONE.id)
    assert (State.REQUESTED, None, None, ONE.effective_at) == (
        *(released.state, released.rule, released.held_by),
        released.effective_at,
    )
    world.send_published()
    assert {ONE.id: 1, TWO.id: 1} == world.got()


def test_what_is_let_go_and_may_not_be_sent_any_more_is_not(world: World) -> None:
    hold_back(world, ONE)
    world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))
    let_go(world)

    assert 0 == world.sweep().published
    assert (State.SUPPRESSED, "complained") == (world.state(ONE.id), world.row(ONE.id).rule)


def test_what_another_hold_covers_moves_behind_that(world: World) -> None:
    other = paused(campaign="spring")
    hold_back(world, ONE, TWO)
    world.ledger.hold([other])
    let_go(world)

    assert 1 == world.sweep().published
    behind = world.row(TWO.id)
    expected = held(TWO, other, until=expires_at(TWO, world.send_within))
    assert (expected.state, expected.held_by, expected.due_at) == (
        *(behind.state, behind.held_by),
        behind.due_at,
    )


def test_what_was_deferred_until_now_and_is_covered_by_a_hold_goes_behind_it(world: World) -> None:
    """It would go to a queue, only to be held back there."""
    world.enter(replace(ONE, state=State.DEFERRED, rule="quiet-hours"))
    world.ledger.hold([LETTERS])
    world.now.turn(5 * MINUTE)

    assert 0 == world.sweep().published
    assert ("paused", LETTERS.id) == (world.row(ONE.id).rule, world.row(ONE.id).held_by)


@pytest.mark.parametrize(
    ("why", "rule"),
    [
        (Why.PAUSED, "expired"),
        (Why.ACCOUNT, "expired"),
        (Why.BREAKER, "expired"),
        (Why.BUDGET, "over-budget"),
        (Why.VELOCITY, "over-budget"),
    ],
)
def test_what_is_held_for_too_long_is_suppressed_and_the_rule_says_why(
    world: World, why: Why, rule: str
) -> None:
    hold_back(world, ONE, hold=hold_of(world, why))
    world.now.at = expires_at(ONE, world.send_within)
    world.now.turn(timedelta(milliseconds=1))
    world.sweep()

    row = world.row(ONE.id)
    assert (State.SUPPRESSED, rule, None) == (row.state, row.rule, row.held_by)


def test_behind_many_holds_what_expires_is_found_within_as_many_minutes_as_they_take(
    world: World,
) -> None:
    holds = [paused(campaign=f"campaign {n}") for n in range(3 * HOLDS_A_ROUND - 1)]
    rows = [notification(n, campaign=f"campaign {n}") for n in range(len(holds))]
    world.ledger.hold(holds)
    world.enter(*rows)
    world.send(*[row.id for row in rows])
    world.now.turn(world.send_within + MINUTE)
    for _ in range(3):
        world.sweep()
        world.now.turn(MINUTE)

    assert {State.SUPPRESSED} == {row.state for row in world.rows()}


def test_a_hold_is_gone_when_nothing_waits_behind_it_and_no_sender_can_have_missed_that(
    world: World,
) -> None:
    hold_back(world, ONE)
    let_go(world)
    world.now.turn(STALE_VIEW - MINUTE)
    world.sweep()
    assert 1 == len(world.ledger.holds)

    world.now.turn(MINUTE)
    world.sweep()
    assert not world.ledger.holds


def test_a_hold_stays_as_long_as_something_waits_behind_it(world: World) -> None:
    hold_back(world, *[notification(n) for n in range(10)])
    let_go(world)
    world.now.turn(STALE_VIEW)
    world.sweep(limit=4)
    assert 1 == len(world.ledger.holds)

    world.sweep()
    assert not world.ledger.holds


def test_what_a_sender_holds_that_has_not_seen_the_release_is_released(world: World) -> None:
    hold_back(world, ONE)
    let_go(world)
    world.sweep()
    world.enter(TWO)
    late = replace(TWO, state=State.DEFERRED, rule="paused", held_by=LETTERS.id)
    world.ledger.change([(TWO, late)])
    world.now.turn(STALE_VIEW)
    world.sweep()

    assert State.REQUESTED == world.state(TWO.id)


def test_a_hold_that_is_set_again_holds_what_was_not_released_yet(world: World) -> None:
    many = [notification(n) for n in range(10)]
    hold_back(world, *many)
    let_go(world)
    world.sweep(limit=4)
    released = Counter(row.state for row in world.rows())
    world.ledger.hold([replace(LETTERS, since=world.now())])
    world.now.turn(STALE_VIEW)
    world.sweep()

    assert {State.REQUESTED, State.DEFERRED} == released.keys()
    assert released == Counter(row.state for row in world.rows())
    assert 1 == len(world.ledger.holds)


def test_what_cannot_be_decided_about_waits_elsewhere_and_the_rest_is_released(
    world: World,
) -> None:
    """Behind the hold every round would read it again."""
    hold_back(world, ONE, TWO)
    let_go(world)
    sweeper = world.sweeper()

    def within(row: Notification) -> timedelta:
        if row.id == ONE.id:
            raise RuntimeError(row.id)
        return world.send_within

    release = replace(sweeper.release, send_within=within)
    sweeper = replace(sweeper, holds=replace(sweeper.holds, release=release))
    swept = Swept()
    sweeper(swept, time_left=world.time_left)

    assert (["RuntimeError"], 1) == (swept.bugs, swept.published)
    assert (State.DEFERRED, None) == (world.state(ONE.id), world.row(ONE.id).held_by)
