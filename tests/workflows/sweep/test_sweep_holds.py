"""What waits behind a hold is released when it is let go, and costs nothing until then."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from ordercast.budgets.account import opened
from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.budgets.draws import Exceeded
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import FOR_MONEY, STALE_VIEW, Hold, Why, held
from ordercast.people.person import Person
from ordercast.rollups.budget_holds import hold_for
from ordercast.rollups.rollup import hour_of
from ordercast.sending.outcome import Outcome, Outgoing, accepted, back_pressure, refused
from ordercast.sending.send_rules import expires_at
from ordercast.workflows.sweep.sweep_holds import HOLDS_A_ROUND
from ordercast.workflows.sweep.swept import Swept
from tests.examples import EMAIL, notification, paused
from tests.fakes.world import World

MINUTE = timedelta(minutes=1)
ONE, TWO, THREE = notification(1), notification(2, campaign="spring"), notification(3)
LETTERS = paused(channel=Channel.EMAIL)


def hold_back(world: World, *rows: Notification, hold: Hold = LETTERS) -> None:
    """Enter the rows, and let a sender hold them back."""
    world.enter(*rows)
    world.ledger.hold([hold])
    world.send(*[row.id for row in rows])
    assert {hold.id} == {world.row(row.id).held_by for row in rows}


def let_go(world: World, hold: Hold = LETTERS) -> None:
    world.ledger.let_go({hold.id}, at=world.now())


def trouble(why: Why = Why.ACCOUNT) -> Hold:
    return replace(LETTERS, why=why, by="sender")


def hold_of(world: World, why: Why) -> Hold:
    """Return a hold of ONE for that reason; the budget of a hold for money is used up."""
    if why not in FOR_MONEY:
        return trouble(why)
    velocity = why is Why.VELOCITY
    budget = Budget(period=BudgetPeriod.DAY, limit=Decimal(1), channel="email", velocity=velocity)
    world.ledger.limits = Limits(budgets=() if velocity else (budget,))
    key = budget.account(hour_of(ONE.effective_at))
    world.accounts.kept[key] = replace(opened(budget, key), left=Decimal())
    return hold_for(ONE, Exceeded(budget, Decimal(1)), now=world.now())


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


# Probes


def answers(world: World, outcome: Mapping[str, Outcome]) -> None:
    """Let the provider answer so, by notification."""

    def answer(message: Outgoing) -> Outcome:
        return outcome.get(message.notification.id, accepted(f"m-{message.notification.id}"))

    world.provider.answer = answer


@pytest.mark.parametrize("why", [Why.ACCOUNT, Why.BREAKER])
def test_trouble_at_the_provider_is_probed_with_one_message_and_let_go_when_that_is_taken(
    world: World, why: Why
) -> None:
    hold_back(world, ONE, TWO, THREE, hold=trouble(why))
    assert 1 == world.sweep().published
    world.send_published()

    assert 1 == sum(world.got().values())
    assert world.now() == world.ledger.holds[0].released_at
    assert 2 == world.sweep().published
    world.send_published()
    assert {State.SENT} == {row.state for row in world.rows()}
    assert {None} == {row.held_by for row in world.rows()}


@pytest.mark.parametrize("why", [Why.PAUSED, Why.BUDGET, Why.VELOCITY])
def test_what_no_answer_of_the_provider_can_end_is_not_probed(world: World, why: Why) -> None:
    hold_back(world, ONE, hold=hold_of(world, why))

    assert 0 == world.sweep().published


@pytest.mark.parametrize("outcome", [back_pressure("AccountSuspendedException"), refused("no")])
def test_a_probe_that_is_not_taken_changes_nothing_and_the_next_one_follows(
    world: World, outcome: Outcome
) -> None:
    hold = trouble()
    hold_back(world, ONE, TWO, hold=hold)
    answers(world, dict.fromkeys([ONE.id, TWO.id], outcome))
    world.sweep()
    world.send_published()

    assert (hold,) == world.ledger.holds
    assert 1 == sum(world.got().values())
    assert {hold.id} == {r.held_by for r in world.rows() if r.state is not State.FAILED}
    assert {0, 1} >= {row.attempts for row in world.rows()}
    world.sweep()
    assert 2 == len(world.notifications_topic.published)


def test_a_probe_passes_no_other_hold(world: World) -> None:
    hold_back(world, TWO, hold=trouble())
    world.sweep()
    world.ledger.hold([other := paused(campaign="spring")])
    world.send_published()

    assert {} == world.got()
    assert (State.DEFERRED, other.id) == (world.state(TWO.id), world.row(TWO.id).held_by)


def test_what_may_not_be_sent_any_more_is_no_probe_and_the_next_one_is(world: World) -> None:
    old = replace(ONE, effective_at=ONE.effective_at - MINUTE)
    hold_back(world, old, TWO, hold=trouble())
    world.ledger.hold([paused(campaign="spring")])
    world.enter(THREE)
    world.send(THREE.id)
    world.now.turn(world.send_within)
    swept = world.sweep()

    assert State.SUPPRESSED == world.state(ONE.id)
    assert trouble().id != world.row(TWO.id).held_by
    assert [THREE.id] == [each.id for each in world.notifications_topic.published]
    assert 1 == swept.published


def test_of_several_groups_of_the_sweeper_one_probes(world: World) -> None:
    hold_back(world, ONE, TWO, THREE, hold=trouble())
    for group in range(4):
        world.sweep_all(range(group, 8, 4))

    assert 1 == len(world.notifications_topic.published)


def test_an_operators_limit_of_the_hour_ends_the_hold_of_the_velocity_limit(world: World) -> None:
    """As the runbook says: with the velocity limit goes what it holds back."""
    swift = Budget(
        period=BudgetPeriod.HOUR, limit=Decimal(1), channel="email", shop="Tea", velocity=True
    )
    row = replace(ONE, order=replace(ONE.order, shop="Tea"))
    key = swift.account(hour_of(row.effective_at))
    world.accounts.kept[key] = replace(opened(swift, key), left=Decimal())
    hold = hold_for(row, Exceeded(swift, Decimal(1)), now=world.now())
    hold_back(world, row, hold=hold)
    world.sweep()
    assert [None] == [each.released_at for each in world.ledger.holds]

    own = Budget(period=BudgetPeriod.HOUR, limit=Decimal(100), channel="email", shop="Tea")
    world.ledger.limits = Limits(budgets=(own,))
    world.sweep()
    assert [world.now()] == [each.released_at for each in world.ledger.holds]
