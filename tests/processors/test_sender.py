"""A sender's entry point: queue batches in, the answer Lambda acts on out."""

import json
from dataclasses import replace

from notifications.lifecycle import State
from notifications.outcome import not_now, unknown
from processors.sender import respond
from tests.examples import notification
from tests.processors.lambda_events import failed, queue_event, request


def test_what_was_sent_is_taken_off_the_queue(world, log) -> None:
    row = notification()
    world.enter(row)

    assert [] == failed(respond(queue_event(request(row.id)), world.sender, log))
    assert State.SENT is world.state(row.id)


def test_a_message_that_came_twice_is_sent_once(world, log) -> None:
    row = notification()
    world.enter(row)

    respond(queue_event(request(row.id), request(row.id)), world.sender, log)
    respond(queue_event(request(row.id)), world.sender, log)

    assert 1 == len(world.provider.calls)


def test_what_the_provider_will_take_later_comes_back_in_every_copy(world, log) -> None:
    row = notification()
    world.enter(row)
    world.provider.answer = lambda _: not_now("Throttling")

    event = queue_event(request(row.id), request(row.id))

    assert ["m-1", "m-2"] == failed(respond(event, world.sender, log))


def test_what_is_in_doubt_never_comes_back(world, log) -> None:
    row = notification()
    world.enter(row)
    world.provider.answer = lambda _: unknown("ReadTimeoutError")

    assert [] == failed(respond(queue_event(request(row.id)), world.sender, log))
    assert State.IN_DOUBT is world.state(row.id)


def test_a_message_that_is_no_request_goes_to_the_dead_letters_alone(world, log) -> None:
    row = notification()
    world.enter(row)
    foreign = [
        "{not json",
        '{"other": 1}',
        "[]",
        "[" * 100_000,
        request("o-1"),
        request("x" * 9999),
    ]
    event = queue_event(*foreign, request(row.id))

    assert [f"m-{n}" for n in range(1, 7)] == failed(respond(event, world.sender, log))
    assert State.SENT is world.state(row.id)


def test_a_ledger_that_cannot_be_read_brings_the_batch_again_and_calls_nobody(world, log) -> None:
    row = notification()
    world.enter(row)
    world.ledger.unavailable.add("read")

    assert ["m-1"] == failed(respond(queue_event(request(row.id)), world.sender, log))
    assert [] == world.provider.calls


def test_a_batch_writes_one_line_and_nothing_personal(world, log, logged) -> None:
    row = notification()
    world.enter(row)

    respond(queue_event(request(row.id)), world.sender, log)

    [line] = logged()
    assert ("batch_sent", {"sent": 1}) == (line["message"], line["settled"])
    assert row.recipient not in json.dumps(line)


def test_a_template_that_fails_comes_back_alone_and_is_named_in_the_log(world, log, logged) -> None:
    """Unlogged, a message would wander to the dead letters and nobody could say why."""
    broken, row = replace(notification(1), template="brewed"), notification(2)
    world.enter(broken, row)

    event = queue_event(request(broken.id), request(row.id))

    assert ["m-1"] == failed(respond(event, world.sender, log))
    assert State.SENT is world.state(row.id)
    assert [["TemplateNotFound"]] == [line["bugs"] for line in logged()]


def test_trouble_writes_one_line_and_nothing_personal(world, log, told) -> None:
    row = notification()
    world.enter(row)
    world.ledger.unavailable.add("settle")

    respond(queue_event(request(row.id)), world.sender, log)

    assert [("batch_not_sent", {"reason": "settle", "messages": 1})] == told()
