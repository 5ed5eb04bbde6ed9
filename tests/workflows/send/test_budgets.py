"""Money is drawn from every budget of a message before its provider is called."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.budgets.account import Account
from ordercast.budgets.budget import Budget, BudgetPeriod, Limits
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.rollups.rollup import hour_of
from ordercast.sending.outcome import accepted, back_pressure
from ordercast.templates.words import Words
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.services import LEASE
from tests.fakes.world import World

PRICE = Decimal("0.02")  # the ceiling of a text here
HOUR = hour_of(START)
TEXTS = Budget(period=BudgetPeriod.DAY, limit=5 * PRICE, channel="sms")
ALL = Budget(period=BudgetPeriod.MONTH, limit=Decimal(1))


@pytest.fixture
def world() -> World:
    world = World()
    world.ledger.limits = Limits(budgets=(TEXTS, ALL))
    return world


def texts(world: World, count: int, **changes: object) -> list[Notification]:
    rows = [replace(notification(n, Channel.SMS), **changes) for n in range(count)]
    world.enter(*rows)
    return rows


def send(world: World, rows: list[Notification]) -> None:
    world.send(*(row.id for row in rows), channel=Channel.SMS)


def account(world: World, budget: Budget = TEXTS) -> Account:
    return world.accounts.kept[budget.account(HOUR)]


def states(world: World, rows: list[Notification]) -> list[State]:
    return [world.state(row.id) for row in rows]


def test_what_is_sent_was_drawn_from_each_budget_and_is_on_its_row(world: World) -> None:
    rows = texts(world, 3)
    send(world, rows)

    assert [State.SENT] * 3 == states(world, rows)
    assert [PRICE] * 3 == [world.row(row.id).drawn for row in rows]
    assert (2 * PRICE, Decimal(1) - 3 * PRICE) == (account(world).left, account(world, ALL).left)


def test_without_a_budget_nothing_is_drawn_and_no_call_is_made_for_it() -> None:
    world = World()
    rows = texts(world, 3)
    send(world, rows)

    assert [None] * 3 == [world.row(row.id).drawn for row in rows]
    assert [] == world.accounts.calls


def test_budgets_and_slots_are_drawn_in_one_call(world: World) -> None:
    send(world, texts(world, 3))

    assert ["draw"] == world.accounts.calls
    assert ["open", "draw"] == world.buckets.calls


def test_what_is_over_a_budget_is_held_and_uses_none_of_the_others(world: World) -> None:
    rows = texts(world, 8)
    send(world, rows)

    assert 5 == states(world, rows).count(State.SENT)
    held = [world.row(row.id) for row in rows if world.state(row.id) is State.DEFERRED]
    assert ["budget"] * 3 == [row.rule for row in held]
    assert {f"budget:channel=sms,period={HOUR[:10]}"} == {row.held_by for row in held}
    assert 0 == account(world).left
    assert Decimal(1) - 5 * PRICE == account(world, ALL).left


def test_a_hold_of_one_day_holds_back_nothing_of_the_next(world: World) -> None:
    send(world, texts(world, 8))
    later = START + timedelta(days=1)
    row = replace(notification(50, Channel.SMS), effective_at=later)
    world.enter(row)
    world.now.at = later
    world.send(row.id, channel=Channel.SMS)

    assert State.SENT is world.state(row.id)


def test_high_priority_uses_the_reserve(world: World) -> None:
    world.ledger.limits = Limits(budgets=(replace(TEXTS, reserve=40),))
    normal = texts(world, 5)
    send(world, normal)
    assert 3 == states(world, normal).count(State.SENT)

    urgent = [replace(notification(n, Channel.SMS), priority=Priority.HIGH) for n in range(20, 24)]
    world.enter(*urgent)
    send(world, urgent)
    assert 2 == states(world, urgent).count(State.SENT)
    assert 0 == account(world).left


def test_a_claim_that_is_given_back_keeps_what_it_drew_for_its_next_try(world: World) -> None:
    """Or a throttled message would draw again with each try."""
    answers = iter([back_pressure("Throttling"), accepted("m-1")])
    world.provider.answer = lambda _: next(answers)
    rows = texts(world, 1)
    send(world, rows)

    assert [State.SENT] == states(world, rows)
    assert PRICE == world.row(rows[0].id).drawn
    assert 4 * PRICE == account(world).left


def test_what_another_sender_has_claimed_is_given_back(world: World) -> None:
    rows = texts(world, 2)
    words = world.words

    def overtaken(row: Notification) -> Words:
        """Render, while another sender claims the first."""
        busy = replace(rows[0], state=State.SENDING, owner="other", lease_until=START + LEASE)
        world.ledger.rows[busy.id] = busy
        return words(row)

    world.words = overtaken
    send(world, rows)

    assert 4 * PRICE == account(world).left
    assert PRICE == account(world).used[HOUR[11:13]]


def test_a_draw_that_is_not_heard_of_sends_nothing(world: World) -> None:
    world.accounts.unavailable = {"draw"}
    rows = texts(world, 1)
    with pytest.raises(Exception, match="draw"):
        send(world, rows)

    assert [State.REQUESTED] == states(world, rows)
    assert [] == world.provider.calls


def test_a_raised_limit_lets_go_what_waited(world: World) -> None:
    rows = texts(world, 8)
    send(world, rows)
    world.ledger.limits = Limits(budgets=(replace(TEXTS, limit=8 * PRICE), ALL))
    world.now.turn(timedelta(minutes=1))
    world.sweep()
    world.sweep()
    world.send_published()

    assert [State.SENT] * 8 == states(world, rows)
    assert 0 == account(world).left


def test_what_expires_over_its_budget_is_suppressed_by_that_rule(world: World) -> None:
    rows = texts(world, 8)
    send(world, rows)
    world.now.turn(world.send_within + timedelta(minutes=1))
    world.sweep()

    rules = [world.row(row.id).rule for row in rows if world.state(row.id) is State.SUPPRESSED]
    assert ["over-budget"] * 3 == rules


def test_the_fullest_budget_is_told(world: World) -> None:
    assert 0 == world.sweep().budget_used
    send(world, texts(world, 4))
    assert 80 == world.sweep().budget_used
    world.ledger.limits = Limits()
    assert world.sweep().budget_used is None


def test_an_hour_that_costs_too_much_in_a_country_is_held_there_alone() -> None:
    world = World()
    world.velocity_floor = 1
    texts = [notification(n, Channel.SMS) for n in range(125)]
    rows = [
        replace(row, country="LV" if n < 120 else "SE", order=replace(row.order, shop=f"shop {n}"))
        for n, row in enumerate(texts)
    ]
    world.enter(*rows)
    send(world, rows)

    sent = [row.country for row in rows if world.state(row.id) is State.SENT]
    assert {"LV": 50, "SE": 5} == {each: sent.count(each) for each in ("LV", "SE")}
    (hold,) = world.ledger.holds
    assert f"velocity:channel=sms,country=LV,period={HOUR}" == hold.id
