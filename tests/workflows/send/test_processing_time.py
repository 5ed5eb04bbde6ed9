"""A call's processing time is from its wave's start to the answer, waiting for slots apart."""

from dataclasses import replace
from datetime import timedelta

from ordercast.notifications.notification import Notification
from ordercast.sending.backoff import MAX_ATTEMPTS
from ordercast.sending.outcome import (
    Outcome,
    Outgoing,
    accepted,
    back_pressure,
    not_called,
    not_now,
    refused,
    unknown,
)
from ordercast.templates.rendering import words
from ordercast.templates.words import Words
from tests.examples import notification
from tests.fakes.world import World

CALL = timedelta(milliseconds=200)
RENDERING = timedelta(milliseconds=30)


def test_what_prepares_a_wave_counts_and_what_waits_for_slots_does_not(world: World) -> None:
    def slowly(row: Notification) -> Words:
        world.now.turn(RENDERING)
        return words(row)

    rows = [notification(n) for n in range(12)]
    world.rate, world.words = 2, slowly
    world.provider.answer = lambda m: replace(accepted(m.notification.id), took=CALL)
    world.enter(*rows)

    sent = world.send(*(row.id for row in rows))

    assert sent.waited > timedelta(seconds=1)
    assert len(rows) == len(sent.processing)
    assert max(sent.processing) <= CALL + len(rows) * RENDERING
    assert min(sent.processing) >= CALL + RENDERING


def test_a_call_that_did_not_take_its_message_is_an_error_unless_the_provider_did_not_judge_it(
    world: World,
) -> None:
    answers = [accepted("m"), refused("bad"), not_now("bug"), unknown("silent")]
    not_judged = [back_pressure("slow"), not_called("no-time")]
    rows = [notification(n) for n in range(len(answers) + len(not_judged))]
    of = dict(zip((row.id for row in rows), (*answers, *not_judged), strict=True))

    def answer(message: Outgoing) -> Outcome:
        return replace(of[message.notification.id], took=CALL)

    world.provider.answer = answer
    world.enter(*rows)
    sent = world.send(*of)

    assert (len(answers), 3) == (len(sent.processing), sent.errors)


def test_a_last_attempt_that_parks_its_message_is_an_error_too(world: World) -> None:
    row = notification(attempts=MAX_ATTEMPTS - 1)
    world.provider.answer = lambda _: replace(not_now("bug"), took=CALL)
    world.enter(row)

    assert 1 == world.send(row.id).errors


def test_what_was_not_called_is_no_call(world: World) -> None:
    row = notification(recipient=None)
    world.enter(row)

    assert ([], 0) == ((sent := world.send(row.id)).processing, sent.errors)
