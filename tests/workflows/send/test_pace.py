"""Senders keep to the pace of their origination, and back-pressure costs a message nothing."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from msgspec import structs
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.outcome import Outcome, Outgoing, accepted, back_pressure
from ordercast.wiring.send import SenderPorts, send_messages
from ordercast.workflows.send_messages import COMES_BACK, TRIES, WAITS, SendMessages
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.services import SEND_POLICY, only_route
from tests.fakes.template_versions import FakeTemplateVersions
from tests.fakes.world import World

MANY = [notification(n) for n in range(40)]
IDS = [row.id for row in MANY]


@pytest.fixture
def slow(world: World) -> World:
    """A world whose provider takes ten a second."""
    world.rate = 10
    world.enter(*MANY)
    return world


def test_each_call_has_a_slot_of_its_own_one_rate_apart(slow: World) -> None:
    slow.send(*IDS)
    slots = [call.not_before for call in slow.provider.calls if call.not_before]

    assert len(MANY) == len(slots)
    assert {timedelta(seconds=0.1)} == {then - one for one, then in pairwise(slots)}


def test_a_batch_says_how_many_slots_it_took_and_how_long_it_waited_for_them(slow: World) -> None:
    sent = slow.send(*IDS)

    assert (len(MANY), slow.now() - START) == (sent.slots, sent.waited)
    # 40 slots at 10 a second, less what a wave may draw ahead and the last wave's own slots.
    assert timedelta(seconds=1) < sent.waited < timedelta(seconds=4)


def test_a_text_takes_a_slot_for_each_of_its_parts(world: World) -> None:
    rows = [notification(n, Channel.SMS) for n in range(3)]
    world.enter(*rows)
    sender = sender_of_long_texts(world, rate=10)
    sender({row.id: 1 for row in rows}, time_left=world.time_left)

    slots = [call.not_before for call in world.provider.calls]
    assert [START + timedelta(seconds=0.3) * n for n in range(3)] == slots


def sender_of_long_texts(world: World, *, rate: int) -> SendMessages:
    """Return a sender whose texts all have three parts."""
    world.rate = rate
    ports = SenderPorts(
        ledger=world.ledger,
        receipt_logs=world.receipt_logs,
        buckets=world.buckets,
        accounts=world.accounts,
        provider=world.provider,
        template_versions=FakeTemplateVersions(),
        cost=lambda row, _: ClaimRequest(id=row.id, parts=3),
        routes=only_route(Channel.SMS),
        now=world.now,
        wait=world.wait,
    )
    return send_messages(Channel.SMS, ports, structs.replace(SEND_POLICY, rate=rate))


def test_what_is_throttled_takes_a_later_slot_of_the_same_invocation(slow: World) -> None:
    throttled = {IDS[3], IDS[7]}

    def answer(call: Outgoing) -> Outcome:
        if call.notification.id in throttled:
            throttled.remove(call.notification.id)
            return back_pressure("Throttling")
        return accepted(f"m-{len(slow.provider.calls)}")

    slow.provider.answer = answer
    sent = slow.send(*IDS)

    assert (len(MANY), {}) == (sent.settled[State.SENT], sent.retry)
    assert {"Throttling": 2} == sent.back_pressure
    assert {1} == {slow.row(i).attempts for i in IDS}


def test_back_pressure_is_no_attempt_and_parks_nothing_however_long_it_lasts(slow: World) -> None:
    slow.provider.answer = lambda _: back_pressure("LimitExceededException")
    for received in range(1, COMES_BACK):
        sent = slow.send(*IDS, received=received)
        assert set(IDS) == sent.retry.keys()
        slow.now.turn(timedelta(minutes=15))

    assert {(State.REQUESTED, 0)} == {(slow.row(i).state, slow.row(i).attempts) for i in IDS}


def test_what_is_throttled_again_and_again_comes_back_from_the_queue(slow: World) -> None:
    slow.provider.answer = lambda _: back_pressure("Throttling")
    began = slow.now()
    sent = slow.send(*IDS[:5])

    assert slow.now() - began <= WAITS + timedelta(seconds=10)
    assert set(IDS[:5]) == sent.retry.keys()


def test_one_message_is_not_tried_for_ever_within_an_invocation(world: World) -> None:
    world.enter(MANY[0])
    world.provider.answer = lambda _: back_pressure("Throttling")
    sent = world.send(IDS[0])

    assert (TRIES, [IDS[0]]) == (len(world.provider.calls), list(sent.retry))


@pytest.mark.parametrize("method", ["open", "draw"])
def test_without_a_slot_nothing_is_claimed_or_called(world: World, method: str) -> None:
    world.enter(*MANY)
    world.buckets.unavailable = {method}
    with pytest.raises(LedgerUnavailable):
        world.send(*IDS)

    assert [] == world.provider.calls
    assert {(State.REQUESTED, 0)} == {(world.state(i), world.row(i).attempts) for i in IDS}


def test_a_bucket_that_is_gone_is_opened_anew(slow: World) -> None:
    sender = slow.sender(Channel.EMAIL)
    sender({IDS[0]: 1}, time_left=slow.time_left)
    slow.buckets.kept.clear()
    sent = sender({IDS[1]: 1}, time_left=slow.time_left)

    assert 1 == sent.settled[State.SENT]


def test_what_was_sent_is_settled_though_the_bucket_cannot_learn(world: World) -> None:
    world.enter(*MANY[:2])
    answers = [back_pressure("Throttling"), accepted("m-1"), accepted("m-2")]
    world.provider.answer = lambda _: answers.pop(0)
    world.buckets.unavailable = {"learn"}
    sent = world.send(*IDS[:2])

    assert (2, {}) == (sent.settled[State.SENT], sent.retry)


def test_texts_that_did_not_fit_into_a_wave_have_not_been_tried(world: World) -> None:
    """Each of three parts: a wave has room for eight, and all of them go out in one invocation."""
    rows = [notification(n, Channel.SMS) for n in range(60)]
    world.enter(*rows)
    sender = sender_of_long_texts(world, rate=20)
    sent = sender({row.id: 1 for row in rows}, time_left=world.time_left)

    assert (len(rows), {}) == (sent.settled[State.SENT], sent.retry)


def test_what_comes_back_waits_no_time_less_than_none(world: World) -> None:
    """The clock goes on between the asking for room and the counting down to it."""
    world.enter(MANY[0])
    world.provider.answer = lambda _: back_pressure("Throttling")

    def ticking() -> datetime:
        world.now.turn(timedelta(microseconds=45))
        return world.now()

    sender = replace(world.sender(Channel.EMAIL), now=ticking)
    sent = sender({IDS[0]: 1}, time_left=world.time_left)

    assert {IDS[0]: timedelta()} == sent.retry
    assert timedelta() == sent.waited
