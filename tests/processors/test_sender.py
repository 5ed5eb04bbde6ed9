"""A sender's handler answers which messages are to be redelivered, and when."""

import json
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.embedded_metric_format import NAMESPACE, PARKED_METRIC
from ordercast.events.order_event import Channel
from ordercast.gateways import clients
from ordercast.notifications.lifecycle import State
from ordercast.pacing.bucket import WAVE
from ordercast.sending.backoff import MAX_ATTEMPTS, backoff
from ordercast.sending.outcome import not_now, unknown
from ordercast.wiring.clock import utc_now
from ordercast.workflows.send_messages import WAVE_TAKES
from processors.sender import FOREIGN, Sender, respond
from tests.examples import notification, paused
from tests.processors.lambda_events import QUEUE, failed, queue_event, request


@pytest.fixture
def answer(world, log, delays):
    """What Lambda is answered for a batch of a queue of e-mails."""

    def answer(*bodies: str, received: int = 1) -> list[str]:
        sender = Sender(
            send=world.sender(Channel.EMAIL), delay=delays, stage="dev", metrics="essential"
        )
        event = queue_event(*bodies, received=received)
        return failed(respond(event, sender, log, time_left=world.time_left))

    return answer


def test_what_was_sent_is_taken_off_the_queue(world, answer, delays) -> None:
    row = notification()
    world.enter(row)

    assert [] == answer(request(row.id))
    assert State.SENT is world.state(row.id)
    assert [] == delays.calls


def test_a_message_that_came_twice_is_sent_once(world, answer) -> None:
    row = notification()
    world.enter(row)

    answer(request(row.id), request(row.id))
    answer(request(row.id))

    assert 1 == len(world.provider.calls)


def test_what_the_provider_will_take_later_comes_back_in_every_copy_after_its_own_wait(
    world, answer, delays
) -> None:
    """Not after the queue's time-out, which is made for functions that die."""
    row, other = notification(1), notification(2)
    world.enter(row, other)
    world.provider.answer = lambda _: not_now("Throttling")

    assert ["m-1", "m-2", "m-3"] == answer(request(row.id), request(row.id), request(other.id))

    wait = backoff(1, chance=0.5)
    assert [(QUEUE, {"h-1": wait, "h-2": wait, "h-3": wait})] == delays.calls


def test_what_is_parked_is_counted_for_the_alarm_when_it_is(world, answer, capsys) -> None:
    """The rollups count it at the minute in which it was accepted, which may be hours ago."""
    one, two, three = (notification(n, attempts=MAX_ATTEMPTS - 1) for n in (1, 2, 3))
    world.enter(one, two, replace(three, attempts=1))
    world.provider.answer = lambda _: not_now("Throttling")

    answer(request(one.id), request(two.id), request(three.id))
    (line,) = capsys.readouterr().out.splitlines()
    log_lines = json.loads(line)
    (metrics,) = log_lines["_aws"]["CloudWatchMetrics"]

    assert ("dev", 2) == (log_lines["stage"], log_lines[PARKED_METRIC])
    assert (NAMESPACE, [["stage"]], [{"Name": PARKED_METRIC, "Unit": "Count"}]) == (
        *(metrics["Namespace"], metrics["Dimensions"], metrics["Metrics"]),
    )
    assert int(world.now.at.timestamp() * 1000) == log_lines["_aws"]["Timestamp"]


def test_a_batch_that_parks_nothing_counts_nothing(world, answer, capsys) -> None:
    row = notification()
    world.enter(row)
    answer(request(row.id))

    assert "" == capsys.readouterr().out


def test_what_a_hold_covers_is_done_with_in_the_queue_and_costs_no_attempt(
    world, answer, delays
) -> None:
    row = notification()
    world.enter(row)
    world.ledger.hold([paused(channel=Channel.EMAIL)])

    assert [] == answer(request(row.id))

    assert [] == delays.calls
    assert (State.DEFERRED, 0) == (world.state(row.id), world.row(row.id).attempts)


def test_with_little_time_left_messages_come_back_at_once_and_nothing_is_claimed(
    world, answer, delays
) -> None:
    """A function that is ended in the middle of a wave leaves all of it in doubt."""
    row = notification()
    world.enter(row)
    world.time_left = lambda: timedelta(seconds=2)

    assert ["m-1"] == answer(request(row.id))

    assert [(QUEUE, {"h-1": timedelta()})] == delays.calls
    assert State.REQUESTED is world.state(row.id)


def test_what_is_in_doubt_never_comes_back(world, answer) -> None:
    row = notification()
    world.enter(row)
    world.provider.answer = lambda _: unknown("ReadTimeoutError")

    assert [] == answer(request(row.id))
    assert State.IN_DOUBT is world.state(row.id)


def test_a_message_that_is_no_request_goes_to_the_dead_letters_alone(world, answer, delays) -> None:
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

    assert [f"m-{n}" for n in range(1, 7)] == answer(*foreign, request(row.id))
    assert State.SENT is world.state(row.id)
    assert [(QUEUE, {f"h-{n}": FOREIGN for n in range(1, 7)})] == delays.calls


def test_a_ledger_that_cannot_be_read_has_the_batch_redelivered_and_calls_nobody(
    world, answer
) -> None:
    row = notification()
    world.enter(row)
    world.ledger.unavailable.add("look_up")

    assert ["m-1"] == answer(request(row.id))
    assert [] == world.provider.calls


def test_a_batch_writes_one_line_and_nothing_personal(world, answer, logged) -> None:
    row = notification()
    world.enter(row)

    answer(request(row.id))

    [line] = logged()
    assert ("batch_sent", {"sent": 1}) == (line["message"], line["settled"])
    assert row.recipient not in json.dumps(line)  # type: ignore[operator]  # it has one


def test_a_template_that_fails_comes_back_alone_and_is_named_in_the_log(
    world, answer, logged
) -> None:
    """Unlogged, a message would wander to the dead letters and nobody could say why."""
    broken, row = replace(notification(1), template="brewed"), notification(2)
    world.enter(broken, row)

    assert ["m-1"] == answer(request(broken.id), request(row.id))
    assert State.SENT is world.state(row.id)
    assert [["FileNotFoundError:brewed/en"]] == [line["bugs"] for line in logged()]


def test_a_template_that_fails_comes_back_later_each_time_and_is_parked_for_the_alarm(
    world, answer, delays, capsys
) -> None:
    """Brought back at once it would spin, unseen, until it becomes a dead letter."""
    row = replace(notification(), template="brewed")
    world.enter(row)

    answers = [answer(request(row.id), received=n) for n in range(1, MAX_ATTEMPTS + 1)]

    assert [["m-1"]] * (MAX_ATTEMPTS - 1) + [[]] == answers
    waits = [backoff(n, chance=0.5) for n in range(1, MAX_ATTEMPTS)]
    assert [(QUEUE, {"h-1": wait}) for wait in waits] == delays.calls
    assert (State.PARKED, "bug:FileNotFoundError:brewed/en", 0) == (
        *(world.state(row.id), world.row(row.id).rule, world.row(row.id).attempts),
    )
    assert 1 == json.loads(capsys.readouterr().out)[PARKED_METRIC]


def test_of_several_messages_the_one_that_came_most_often_counts(world, log, delays) -> None:
    row = replace(notification(), template="brewed")
    world.enter(row)
    event = queue_event(request(row.id), received=MAX_ATTEMPTS)
    again = queue_event(request(row.id))["Records"][0] | {"messageId": "m-2"}
    event["Records"] += [again]

    sender = Sender(send=world.sender(Channel.EMAIL), delay=delays, stage="dev", metrics="full")
    respond(event, sender, log, time_left=world.time_left)

    assert State.PARKED is world.state(row.id)


def test_a_whole_wave_is_called_for_at_once_and_in_the_time_that_it_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Time-outs one after the other would outlast the function, and leave the wave in doubt."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert WAVE == clients.PROVIDER_WORKERS
    for provider in (clients.sms_provider(now=utc_now), clients.email_provider(now=utc_now)):
        config = provider.meta.config
        assert WAVE == config.max_pool_connections  # type: ignore[attr-defined]  # the stubs know no fields of Config
        assert config.connect_timeout + config.read_timeout < WAVE_TAKES.total_seconds()  # type: ignore[attr-defined]  # the stubs know no fields of Config


def test_a_failure_writes_one_line_and_nothing_personal(world, answer, log_lines) -> None:
    row = notification()
    world.enter(row)
    world.ledger.unavailable.add("look_up")

    answer(request(row.id))

    assert [("batch_not_sent", {"reason": "look_up", "messages": 1})] == log_lines()
