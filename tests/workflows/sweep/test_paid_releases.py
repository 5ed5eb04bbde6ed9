"""What a budget pays for again passes its hold, and one that is too dear holds back no other."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.budgets.budget import Limits
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person import Person
from ordercast.sending.claim import ClaimRequest
from tests.fakes.clock import START
from tests.fakes.world import World
from tests.workflows.sweep.spending import HOUR, TEXTS, pass_time, send, spending, texts


@pytest.fixture
def world() -> World:
    return spending()


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
