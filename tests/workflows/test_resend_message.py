"""A message that an operator sends again is one new notification by its number, under every rule, and counted by itself."""

from decimal import Decimal
from itertools import pairwise

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.identity import resend_id
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.rollups.rollup import contribution
from ordercast.sending.resending import MOST_RESENDS, number_of_resend
from tests.examples import payload
from tests.fakes.services import SEND_WITHIN
from tests.fakes.world import World
from tests.workflows.receipts.provider_receipts import HANDSET, text_says
from tests.workflows.resending import AGAIN, DELIVERED, LATER, go_on, resend, resending, world_with


def test_a_delivered_text_is_sent_once_more_as_a_notification_of_its_own() -> None:
    world = World()
    world.relay(payload(channel="sms"))
    world.send_published()
    world.apply(text_says(HANDSET, "message-1", "0.0075"))
    [first] = world.rows()
    world.now.turn(LATER)

    done = resend(world, first)
    go_on(world)

    assert done.row
    row = world.row(done.row.id)
    assert {first.id: 1, row.id: 1} == world.got()
    assert (first.id, 1, 1) == (
        row.resend_of,
        number_of_resend(row),
        world.row(first.id).last_resend,
    )
    assert (State.SENT, State.DELIVERED) == (row.state, world.state(first.id))
    assert (Decimal("0.01"), Decimal("0.0075")) == (row.cost, world.row(first.id).cost)
    assert (first.recipient, first.order, first.status) == (row.recipient, row.order, row.status)


def test_its_age_begins_anew() -> None:
    world = world_with(DELIVERED)
    world.now.turn(10 * SEND_WITHIN)

    resend(world, DELIVERED)
    world.send_published()

    assert (State.SENT, world.now()) == (world.state(AGAIN), world.row(AGAIN).effective_at)


def test_the_same_number_twice_is_one_message() -> None:
    world = world_with(DELIVERED)
    assert not resend(world, DELIVERED).is_there
    assert resend(world, DELIVERED).is_there
    go_on(world)
    assert resend(world, DELIVERED).is_there
    go_on(world)

    assert {AGAIN: 1} == world.got()
    assert {DELIVERED.id, AGAIN} == world.ledger.rows.keys()


@pytest.mark.parametrize("trouble", ["unavailable", "unheard"])
@pytest.mark.parametrize("step", ["accept", "change"])
def test_killed_at_any_write_and_repeated_it_ends_the_same(trouble: str, step: str) -> None:
    world = world_with(DELIVERED)
    setattr(world.ledger, trouble, {step})
    with pytest.raises(LedgerUnavailable):
        resend(world, DELIVERED)
    setattr(world.ledger, trouble, set())
    world.now.turn(LATER)
    resend(world, DELIVERED)
    go_on(world)

    assert {AGAIN: 1} == world.got()
    assert (AGAIN, 1) == (world.row(AGAIN).id, world.row(DELIVERED.id).last_resend)


def test_killed_before_it_is_published_it_is_sent_by_the_sweeper_and_once_if_repeated() -> None:
    for is_repeated in (False, True):
        world = world_with(DELIVERED)
        work = replace(resending(world), notifications_topic=Unheard())
        with pytest.raises(LedgerUnavailable):
            work(world.row(DELIVERED.id), 1, may_double=False)
        if is_repeated:
            resend(world, DELIVERED)
        go_on(world)

        assert {AGAIN: 1} == world.got()


class Unheard:
    """A topic before which the command is killed."""

    def publish(self, _: object) -> set[str]:
        raise LedgerUnavailable("killed")


def test_a_resend_of_a_resend_is_the_next_of_the_first() -> None:
    world = world_with(DELIVERED)
    resend(world, DELIVERED)
    go_on(world)
    again = replace(world.row(AGAIN), state=State.DELIVERED)
    world.ledger.rows[AGAIN] = again

    second = resend(world, again, 2)
    go_on(world)

    assert second.row
    assert (DELIVERED.id, resend_id(DELIVERED.id, 2)) == (second.row.resend_of, second.row.id)
    assert 2 == world.row(DELIVERED.id).last_resend


def test_a_plan_says_what_would_be_entered_and_changes_nothing() -> None:
    world = world_with(DELIVERED)
    planned = resending(world).plan(DELIVERED, 1, may_double=False)
    assert planned.row
    assert (AGAIN, State.REQUESTED) == (planned.row.id, planned.row.state)
    assert {DELIVERED.id} == world.ledger.rows.keys()


def test_it_is_counted_once_by_itself_without_the_time_since_the_event() -> None:
    world = world_with(DELIVERED)
    before = contribution(rollup_input_of(write(world.row(DELIVERED.id))))
    resend(world, DELIVERED)
    go_on(world)

    counted = contribution(rollup_input_of(write(world.row(AGAIN)))).amounts
    assert (1, 1) == (counted["resends"], counted["state#sent"])
    assert not [name for name in counted if name.startswith(("a#", "e#"))]
    assert before == contribution(rollup_input_of(write(world.row(DELIVERED.id))))


def test_the_numbers_of_one_message_name_different_notifications_of_its_order() -> None:
    ids = [DELIVERED.id, *(resend_id(DELIVERED.id, n) for n in range(1, MOST_RESENDS + 1))]
    assert len(ids) == len(set(ids))
    assert all(one[:22] == other[:22] for one, other in pairwise(ids))
