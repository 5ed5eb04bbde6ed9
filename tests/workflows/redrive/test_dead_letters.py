"""Redriven dead letters lead to one message each, also where the command is killed on the way."""

import json

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.parked.item import DeadLetter
from ordercast.workflows.redrive.dead_letters import ParkedDeadLetters
from ordercast.workflows.redrive.paced import REDRIVEN_RULE
from tests.examples import drafts
from tests.fakes.clock import START as AT
from tests.fakes.parked_store import CrashPoint, Died, FakeDeadLetters
from tests.fakes.world import World
from tests.workflows.redrive.bench import no_progress, redrive_all


def dead_letter(number: int, body: str) -> DeadLetter:
    return DeadLetter(id=f"m-{number}", body=body, sent_at=AT, handle=f"h-{number}")


def dead_letters_about(world: World) -> FakeDeadLetters:
    """Two notifications, one of them sent meanwhile; and something that nobody understood."""
    waiting, sent = (drafts(order_id=f"o-{n}", channel="email")[0] for n in (1, 2))
    world.enter(waiting, replace(sent, state=State.SENT))
    bodies = [json.dumps({"notification_id": each.id}) for each in (waiting, sent)]
    letters = [dead_letter(n, body) for n, body in enumerate([*bodies, "not ours"])]
    return FakeDeadLetters(waiting={each.id: each for each in letters})


def source_of(world: World, queue: FakeDeadLetters) -> ParkedDeadLetters:
    return ParkedDeadLetters(
        letters=queue,
        ledger=world.ledger,
        notifications_topic=world.notifications_topic,
        paced=world.paced(),
    )


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(2))
def test_dead_letters_redriven_with_a_death_on_the_way_lead_to_one_message_each(
    world: World, *, call: int, after: bool
) -> None:
    queue = dead_letters_about(world)
    source = source_of(world, queue)
    queue.crash_point = CrashPoint(at=call, after=after)

    with pytest.raises(Died):
        redrive_all(source)
    redrive_all(source)
    world.send_published()

    assert {} == queue.waiting
    assert ["o-1"] == [call.notification.order.order_id for call in world.provider.calls]
    assert {"not ours"} == set(queue.sent_back)


def test_a_dead_letter_that_the_topic_did_not_take_stays(world: World) -> None:
    queue = dead_letters_about(world)
    world.notifications_topic.takes = lambda _: False

    assert 2 == redrive_all(source_of(world, queue))
    assert ["m-0"] == list(queue.waiting)


def test_dead_letters_that_were_only_looked_at_are_released(world: World) -> None:
    queue = dead_letters_about(world)
    source = source_of(world, queue)
    first, *_ = source.contents()

    source.drop([first], progress=no_progress)
    source.let_go()

    assert {"m-1", "m-2"} == queue.waiting.keys()
    assert set() == queue.held & queue.waiting.keys()


def test_what_finds_no_room_in_the_queue_is_deferred_and_its_dead_letter_is_gone(
    world: World,
) -> None:
    """A redrive never floods: the sweeper releases the rest at the provider's rate."""
    queue = dead_letters_about(world)
    world.rate = 1
    world.work_queues.held = {(Channel.EMAIL, Priority.NORMAL): 300}
    source = source_of(world, queue)

    assert 3 == redrive_all(source)
    assert ([], 1) == (world.published(), source.paced.deferred)
    (row,) = [row for row in world.rows() if row.state is State.DEFERRED]
    assert (REDRIVEN_RULE, world.now()) == (row.rule, row.due_at)

    world.work_queues.held = {}
    world.sweep()
    world.send_published()
    assert {row.id: 1} == world.got()
