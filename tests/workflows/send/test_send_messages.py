"""Each requested notification is sent once; what is held back by time or a bug is redelivered."""

from datetime import timedelta
from decimal import Decimal
from itertools import chain, repeat

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.bucket import WAVE
from ordercast.sending.outcome import Outcome, Outgoing, accepted
from ordercast.templates.rendering import words
from ordercast.templates.words import Words
from ordercast.workflows.send.claims import NOT_CALLED
from ordercast.workflows.send.sent import Sent
from ordercast.workflows.send_messages import AT_ONCE, WAVE_TAKES
from tests.examples import notification
from tests.fakes.world import World

ONE, TWO, THREE = notification(1), notification(2), notification(3)


def parts(sent: Sent) -> int:
    """Return how many notifications the batch accounts for."""
    kept_back = len(sent.retry) - sent.settled[State.REQUESTED]
    return sum(sent.settled.values()) + sent.skipped + kept_back


TEXT = notification(4, Channel.SMS)


def test_each_requested_notification_is_sent_and_settled(world: World) -> None:
    world.enter(ONE, TWO)
    sent = world.send(ONE.id, TWO.id)

    assert {ONE.id: 1, TWO.id: 1} == world.got()
    assert {State.SENT: 2} == sent.settled
    assert (0, {}, []) == (sent.skipped, sent.retry, sent.bugs)


def test_an_empty_batch_calls_no_provider(world: World) -> None:
    assert {} == world.send().settled
    assert not world.got()


def test_a_sent_row_says_when_under_which_id_and_at_which_try(world: World) -> None:
    world.enter(ONE)
    world.send(ONE.id)
    row = world.row(ONE.id)

    assert ("message-1", world.now.at, 1) == (row.message_id, row.sent_at, row.attempts)
    assert row.lease_until is None


def test_what_people_get_is_what_the_template_says(world: World) -> None:
    world.enter(TEXT)
    world.send(TEXT.id, channel=Channel.SMS)

    assert [words(TEXT)] == [call.words for call in world.provider.calls]


def test_a_text_s_parts_and_price_are_known_before_it_is_sent(world: World) -> None:
    reserved = []

    def look(out: Outgoing) -> Outcome:
        reserved.append((out.notification.parts, out.notification.reserved))
        return accepted("m-1")

    world.provider.answer = look
    world.enter(TEXT)
    world.send(TEXT.id, channel=Channel.SMS)

    assert [(1, Decimal("0.02"))] == reserved
    assert (1, Decimal("0.02")) == (world.row(TEXT.id).parts, world.row(TEXT.id).reserved)


def test_a_message_that_comes_twice_is_sent_once(world: World) -> None:
    """SQS delivers at least once, and now and then twice."""
    world.enter(ONE)
    world.send(ONE.id, ONE.id)
    again = world.send(ONE.id)

    assert {ONE.id: 1} == world.got()
    assert (1, {}) == (again.skipped, again.settled)


@pytest.mark.parametrize("state", sorted(set(State) - {State.REQUESTED}))
def test_what_has_moved_on_is_not_sent(world: World, state: State) -> None:
    world.enter(replace(ONE, state=state))
    sent = world.send(ONE.id)

    assert not world.got()
    assert (1, {}) == (sent.skipped, sent.retry)


def test_what_the_ledger_does_not_know_is_not_sent(world: World) -> None:
    sent = world.send(ONE.id)

    assert not world.got()
    assert 1 == sent.skipped


# What comes back at once


def test_what_could_not_be_asked_for_comes_back_at_once_and_the_others_are_sent(
    world: World,
) -> None:
    """They are claimed: if they were not sent now they would end in doubt."""
    world.enter(ONE, TWO)
    world.ledger.troubled = lambda method, key: method == "claim" and key == ONE.id
    sent = world.send(ONE.id, TWO.id)

    assert ({TWO.id: 1}, {ONE.id: AT_ONCE}) == (world.got(), sent.retry)
    assert (State.REQUESTED, 0) == (world.state(ONE.id), world.row(ONE.id).attempts)
    assert 2 == parts(sent)


def test_what_there_is_no_time_for_is_not_claimed_and_comes_back_at_once(world: World) -> None:
    left = chain(
        [WAVE_TAKES + timedelta(seconds=1)] * 2, repeat(WAVE_TAKES - timedelta(milliseconds=1))
    )
    world.time_left = lambda: next(left)
    many = [notification(n) for n in range(WAVE + 5)]
    world.enter(*many)
    sent = world.send(*[each.id for each in many])

    assert (WAVE, {AT_ONCE}) == (sent.settled[State.SENT], set(sent.retry.values()))
    back = [world.row(i) for i in sent.retry]
    assert [(State.REQUESTED, 0)] * 5 == [(row.state, row.attempts) for row in back]
    assert len(many) == parts(sent)


def test_a_claim_that_took_the_time_of_its_calls_is_given_back(world: World) -> None:
    """Ended in the midst of them, the function would leave in doubt what had not begun."""
    left = chain([WAVE_TAKES], repeat(WAVE_TAKES - timedelta(milliseconds=1)))
    world.time_left = lambda: next(left)
    world.enter(ONE, TWO)
    sent = world.send(ONE.id, TWO.id)

    assert ({ONE.id: AT_ONCE, TWO.id: AT_ONCE}, {}) == (sent.retry, world.got())
    assert [(State.REQUESTED, NOT_CALLED, 0)] * 2 == [
        (row.state, row.rule, row.attempts) for row in world.rows()
    ]
    assert 2 == parts(sent)


# Bugs


@pytest.mark.parametrize("step", ["words", "send_within", "cost"])
def test_a_bug_keeps_back_its_own_notification_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """And leaves it unclaimed, so that it goes out once it is mended."""
    world.enter(ONE, TWO, THREE)
    sender = world.sender(Channel.EMAIL)
    whole = getattr(sender.checks, step)

    def trip_over_the_first(row: Notification, *said: Words) -> object:
        if row.id == ONE.id:
            raise KeyError("brewed")
        return whole(row, *said)

    checks = replace(sender.checks, **{step: trip_over_the_first})
    tripping = replace(sender, checks=checks)
    sent = tripping(dict.fromkeys([ONE.id, TWO.id, THREE.id], 1), time_left=world.time_left)

    assert {TWO.id: 1, THREE.id: 1} == world.got()
    assert ({ONE.id}, ["KeyError"], 0) == (set(sent.retry), sent.bugs, sent.skipped)
    assert (State.REQUESTED, 0) == (world.state(ONE.id), world.row(ONE.id).attempts)
    assert 3 == parts(sent)


def test_a_template_that_is_gone_is_no_matter_to_what_has_moved_on(world: World) -> None:
    """A template may go while the last of its messages are still on their way."""
    world.enter(replace(ONE, template="brewed", state=State.SENT))
    sent = world.send(ONE.id)

    assert (1, {}, []) == (sent.skipped, sent.retry, sent.bugs)


def test_a_message_of_another_channel_is_left_to_its_own_sender(world: World) -> None:
    """Only a subscription's filter keeps the two apart, and an operator may edit it."""
    world.enter(TEXT)
    sent = world.send(TEXT.id, channel=Channel.EMAIL)

    assert (1, []) == (sent.skipped, world.provider.calls)
    assert State.REQUESTED == world.state(TEXT.id)
