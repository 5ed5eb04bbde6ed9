"""Holds for money end with their period, crowd nothing out, and let go only what can be paid."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from ordercast.budgets.account import opened
from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.budgets.draws import Exceeded
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import PLACES, Hold, Scope, Why
from ordercast.people.person import Person
from ordercast.rollups.budget_holds import hold_for
from ordercast.rollups.rollup import hour_of
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.outcome import BackPressure, accepted, back_pressure
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.world import World
from tests.workflows.sweep.held_back import ONE, hold_back

HOUR = timedelta(hours=1)
TEXTS = Budget(period=BudgetPeriod.DAY, limit=Decimal("0.10"), channel="sms")  # five texts


@pytest.fixture
def world() -> World:
    world = World()
    world.ledger.limits = Limits(budgets=(TEXTS,))
    world.provider.answer = lambda message: accepted(f"m-{message.notification.id}")
    return world


def send(world: World, *rows: Notification, channel: Channel = Channel.SMS) -> list[str]:
    """Let these come in now and be tried once; return the ids of those that are left in the queue."""
    new = [replace(row, effective_at=world.now()) for row in rows]
    world.enter(*new)
    return [*world.send(*(row.id for row in new), channel=channel).retry]


def texts(first: int, count: int, *, shop: str | None = None) -> list[Notification]:
    rows = [notification(n, Channel.SMS) for n in range(first, first + count)]
    if shop is None:
        return rows
    return [replace(row, country=None, order=replace(row.order, shop=shop)) for row in rows]


def pass_time(world: World, total: timedelta, *, by: timedelta = HOUR) -> None:
    """Let the sweeper and the senders work while time passes."""
    for _ in range(total // by):
        world.now.turn(by)
        world.sweep()
        world.send_published()


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


def test_what_is_left_is_less_than_a_message_needs_and_nothing_is_released_for_it(
    world: World,
) -> None:
    """More than a hundredth of the limit: each minute all would be released, refused and held again."""
    world.cost = lambda row, _: ClaimRequest(
        id=row.id, parts=1, estimate=Decimal("0.02"), reserved=Decimal("0.03")
    )
    send(world, *texts(0, 40))
    assert Decimal("0.01") == next(iter(world.accounts.kept.values())).left
    pass_time(world, HOUR, by=timedelta(minutes=1))

    assert [] == world.notifications_topic.published
    assert {START} == {each.since for each in world.ledger.holds}


def raise_limit(world: World, limit: str) -> None:
    world.ledger.limits = Limits(budgets=(replace(TEXTS, limit=Decimal(limit)),))


def test_when_one_message_fits_again_it_passes_the_hold_alone(world: World) -> None:
    world.cost = lambda row, _: ClaimRequest(
        id=row.id, parts=1, estimate=Decimal("0.02"), reserved=Decimal("0.03")
    )
    send(world, *texts(0, 40))
    raise_limit(world, "0.12")
    pass_time(world, HOUR, by=timedelta(minutes=1))

    assert 4 == sum(row.state is State.SENT for row in world.rows())
    assert 1 == len(world.notifications_topic.published)
    assert [None] == [each.released_at for each in world.ledger.holds]


def test_money_that_comes_back_bit_by_bit_brings_only_what_it_pays_for(world: World) -> None:
    """Each bit would else bring the whole backlog to the senders, to be held back again."""
    send(world, *texts(0, 300))
    for cents in range(12, 112, 2):
        raise_limit(world, f"{cents / 100:.2f}")
        pass_time(world, timedelta(minutes=1), by=timedelta(minutes=1))

    assert 55 == sum(row.state is State.SENT for row in world.rows())
    assert 50 == len(world.notifications_topic.published)


def test_of_a_limit_that_pays_for_all_the_hold_is_let_go(world: World) -> None:
    send(world, *texts(0, 40))
    raise_limit(world, "0.80")
    pass_time(world, timedelta(minutes=1), by=timedelta(minutes=1))

    assert {State.SENT} == {row.state for row in world.rows()}
    assert [world.now()] == [each.released_at for each in world.ledger.holds]


def test_a_limit_that_pays_for_minutes_of_the_rate_ends_the_hold_as_well(world: World) -> None:
    """All groups of the sweeper then release what waits, at the rate."""
    world.rate = 1
    send(world, *texts(0, 400))
    raise_limit(world, f"{0.10 + 300 * 0.02:.2f}")
    world.sweep()

    assert [world.now()] == [each.released_at for each in world.ledger.holds]


def test_what_passes_goes_by_the_rate_and_in_as_many_rounds_as_it_takes(world: World) -> None:
    world.rate = 1
    send(world, *texts(0, 400))
    raise_limit(world, f"{0.10 + 200 * 0.02:.2f}")
    world.work_queues.held = {(Channel.SMS, Priority.NORMAL): 150}
    world.sweep_all(limit=20)

    assert 150 == len(world.notifications_topic.published)
    assert [None] == [each.released_at for each in world.ledger.holds]


def test_a_message_that_costs_more_than_is_left_keeps_no_cheaper_one_from_passing(
    world: World,
) -> None:
    rows = texts(0, 12)
    dear = {row.id for row in rows[:3]}
    world.cost = lambda row, _: ClaimRequest(
        id=row.id,
        parts=1,
        estimate=Decimal("0.01"),
        reserved=Decimal(8 if row.id in dear else 2) / 100,
    )
    send(world, *rows[3:8])
    send(world, *rows[:3], *rows[8:])
    raise_limit(world, "0.16")
    pass_time(world, timedelta(minutes=10), by=timedelta(minutes=1))

    assert 5 + 3 == sum(row.state is State.SENT for row in world.rows())


def test_what_may_not_be_sent_any_more_is_not_paid_for(world: World) -> None:
    rows = texts(0, 8)
    send(world, *rows)
    world.know(Person(key=address_key(str(rows[0].recipient)), refusals={Channel.SMS: "opted-out"}))
    raise_limit(world, "0.12")
    pass_time(world, timedelta(minutes=1), by=timedelta(minutes=1))

    assert State.SUPPRESSED in {row.state for row in world.rows()}
    assert [] == world.notifications_topic.published


def test_of_a_wave_that_is_refused_the_cheapest_says_what_must_be_free(world: World) -> None:
    prices = dict(zip((row.id for row in texts(0, 3)), ("0.30", "0.20", "0.25"), strict=True))
    world.cost = lambda row, _: ClaimRequest(
        id=row.id, parts=1, estimate=Decimal("0.01"), reserved=Decimal(prices[row.id])
    )
    send(world, *texts(0, 3))

    assert [Decimal("0.20")] == [each.needs for each in world.ledger.holds]


def priced(world: World, dear: Notification, price: str) -> None:
    """Let that one take so many US dollars, and all others two cents."""
    world.cost = lambda row, _: ClaimRequest(
        id=row.id,
        parts=1,
        estimate=Decimal("0.01"),
        reserved=Decimal(price if row.id == dear.id else "0.02"),
    )


def test_a_text_that_is_too_dear_for_what_is_left_waits_and_cheaper_ones_are_sent(
    world: World,
) -> None:
    (dear,) = texts(0, 1)
    priced(world, dear, "0.07")
    send(world, *texts(1, 2))
    send(world, dear)
    assert Decimal("0.06") == next(iter(world.accounts.kept.values())).left
    send(world, *texts(3, 3))

    assert (State.DEFERRED, "budget") == (world.state(dear.id), world.row(dear.id).rule)
    assert 5 == sum(row.state is State.SENT for row in world.rows())


def test_a_text_dearer_than_the_whole_limit_holds_back_itself_alone(world: World) -> None:
    (dear,) = texts(0, 1)
    priced(world, dear, "1.50")
    send(world, dear)
    send(world, *texts(1, 5))
    pass_time(world, HOUR, by=timedelta(minutes=1))

    assert 5 == sum(row.state is State.SENT for row in world.rows())
    assert State.DEFERRED is world.state(dear.id)
    assert [] == world.notifications_topic.published


def test_what_is_refused_behind_such_a_hold_lowers_what_it_needs_and_holds_back_the_rest(
    world: World,
) -> None:
    """Or each cheap text would be refused by itself, from then on."""
    (dear,) = texts(0, 1)
    priced(world, dear, "1.50")
    send(world, dear)
    send(world, *texts(1, 6))
    assert [Decimal("0.02")] == [each.needs for each in world.ledger.holds]

    before = len(world.accounts.calls)
    send(world, *texts(10, 5))
    assert before == len(world.accounts.calls)
    assert 7 == sum(row.state is State.DEFERRED for row in world.rows())


def test_what_was_deferred_for_another_reason_is_priced_before_a_hold_for_money_covers_it(
    world: World,
) -> None:
    (dear, later) = texts(0, 2)
    priced(world, dear, "1.50")
    send(world, dear)
    world.enter(
        replace(
            later,
            effective_at=world.now(),
            state=State.DEFERRED,
            rule="quiet-hours",
            due_at=world.now() + timedelta(minutes=5),
        )
    )
    pass_time(world, HOUR, by=timedelta(minutes=1))

    assert State.SENT is world.state(later.id)


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
