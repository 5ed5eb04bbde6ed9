"""Holds for money end with their period, crowd nothing out, and let go only what can be paid."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.budgets.account import opened
from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.budgets.draws import Exceeded
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import PLACES, Hold, Scope, Why
from ordercast.rollups.budget_holds import hold_for
from ordercast.rollups.rollup import hour_of
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.outcome import BackPressure, back_pressure
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.world import World
from tests.workflows.sweep.held_back import ONE, hold_back
from tests.workflows.sweep.spending import HOUR, TEXTS, pass_time, send, spending, texts


@pytest.fixture
def world() -> World:
    return spending()


def full(why: Why) -> list[Hold]:
    """Return as many holds of a kind as there may be."""
    scopes = [Scope(shop=f"other {n}", period="2026-03") for n in range(PLACES[why])]
    return [Hold(why=why, scope=scope, by="sender", since=START) for scope in scopes]


def test_a_budget_that_is_used_up_every_day_leaves_no_more_holds_than_days_that_wait(
    world: World,
) -> None:
    for day in range(50):
        send(world, *texts(10 * day, 6))
        pass_time(world, timedelta(days=1), by=6 * HOUR)
    assert len(world.ledger.holds) <= 1 + (world.send_within // timedelta(days=1))

    assert {State.SENT: 250, State.SUPPRESSED: 48, State.DEFERRED: 2} == {
        state: sum(row.state is state for row in world.rows())
        for state in {row.state for row in world.rows()}
    }


def test_a_hold_of_a_period_that_is_over_stays_as_long_as_something_waits(world: World) -> None:
    send(world, *texts(0, 6))
    pass_time(world, world.send_within - HOUR)
    assert [None] == [each.released_at for each in world.ledger.holds]

    pass_time(world, 3 * HOUR)
    assert () == world.ledger.holds


@pytest.mark.parametrize("why", [Why.BUDGET, Why.VELOCITY])
def test_holds_for_money_leave_room_for_trouble_with_the_account(world: World, why: Why) -> None:
    world.ledger.hold(full(why))
    world.provider.answer = lambda _: back_pressure(
        "SendingPausedException", kind=BackPressure.ACCOUNT
    )
    send(world, notification(1), channel=Channel.EMAIL)

    assert Why.ACCOUNT in {each.why for each in world.ledger.holds}
    assert [] == send(world, notification(2), channel=Channel.EMAIL)


def test_what_finds_no_place_for_its_hold_waits_on_the_ledger_and_is_tried_each_hour(
    world: World,
) -> None:
    """In a queue it would circle until it became a dead letter; a wider hold would hold others."""
    world.ledger.limits = Limits()
    world.velocity_floor = 1
    world.cost = lambda row, _: ClaimRequest(
        id=row.id, parts=1, estimate=Decimal("0.3"), reserved=Decimal("0.6")
    )
    shops = range(PLACES[Why.VELOCITY] + 5)
    left = [i for n in shops for i in send(world, *texts(10 * n, 2, shop=f"shop {n}"))]
    alone = [row for row in world.rows() if row.state is State.DEFERRED and row.held_by is None]

    assert ([], 5) == (left, len(alone))
    assert {("velocity", world.now() + HOUR + timedelta(milliseconds=1))} == {
        (row.rule, row.due_at) for row in alone
    }
    pass_time(world, timedelta(hours=3), by=timedelta(minutes=10))
    assert 5 * 3 >= len(world.notifications_topic.published)

    pass_time(world, world.send_within)
    over = [row for row in world.rows() if row.state is not State.SENT]
    assert {(State.SUPPRESSED, "over-budget")} == {(row.state, row.rule) for row in over}
    assert len(shops) == len(over)


def test_what_waits_by_itself_is_sent_when_its_limit_is_raised(world: World) -> None:
    world.ledger.hold(full(Why.BUDGET))
    send(world, *texts(0, 6))
    world.ledger.limits = Limits(budgets=(replace(TEXTS, limit=Decimal(1)),))
    pass_time(world, 2 * HOUR)

    assert {State.SENT} == {row.state for row in world.rows()}


def test_a_velocity_limit_rings_in_its_hour_and_not_for_as_long_as_messages_wait(
    world: World,
) -> None:
    world.ledger.limits = Limits()
    world.velocity_floor = 1
    send(world, *texts(0, 60))
    rings = []
    for _ in range(3):
        rings.append(world.sweep().budget_used)
        world.now.turn(HOUR)

    assert [100, None, None] == rings
    assert 10 == sum(row.is_held for row in world.rows())


def test_one_that_trips_in_the_last_minute_of_its_hour_rings(world: World) -> None:
    world.ledger.limits = Limits()
    world.velocity_floor = 1
    world.now.at = START.replace(minute=59, second=50)
    send(world, *texts(0, 60))
    world.now.turn(timedelta(minutes=1))

    assert 100 == world.sweep().budget_used


def test_an_operators_limit_of_the_hour_ends_the_hold_of_the_velocity_limit(world: World) -> None:
    """As the runbook says: with the velocity limit goes what it holds back."""
    swift = Budget(
        period=BudgetPeriod.HOUR, limit=Decimal(1), channel="email", shop="Tea", velocity=True
    )
    row = replace(ONE, order=replace(ONE.order, shop="Tea"))
    key = swift.account(hour_of(row.effective_at))
    world.accounts.kept[key] = replace(opened(swift, key), left=Decimal())
    hold = hold_for(row, Exceeded(swift, Decimal()), now=world.now())
    hold_back(world, row, hold=hold)
    world.sweep()
    assert [None] == [each.released_at for each in world.ledger.holds]

    own = Budget(period=BudgetPeriod.HOUR, limit=Decimal(100), channel="email", shop="Tea")
    world.ledger.limits = Limits(budgets=(own,))
    world.sweep()
    assert [world.now()] == [each.released_at for each in world.ledger.holds]
