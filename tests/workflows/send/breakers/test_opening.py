"""A closed route is tried by one message at a time, and opened again."""

import pytest

from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import (
    Outcome,
    accepted,
    refused,
)
from tests.fakes.world import World
from tests.workflows.send.breakers.failing_routes import (
    BREAKER,
    FIRST,
    HANGS,
    MINUTE,
    REFUSED,
    SECOND,
    SECONDS,
    SMS,
    calls_on,
    down,
    minute,
    texts,
    the_hold,
    up,
)


def test_while_the_provider_answers_no_call_no_message_is_risked(single: World) -> None:
    down(single, HANGS)
    single.send(*texts(single, *range(60)), channel=SMS)
    called = len(single.provider.calls)
    single.route_probes.down = {FIRST}
    for _ in range(5):
        minute(single)

    assert called == len(single.provider.calls)
    assert the_hold(single).half_open_at is None
    assert [FIRST] * 5 == single.route_probes.asked


def test_one_message_a_minute_tries_a_provider_that_answers_and_takes_nothing(
    single: World,
) -> None:
    down(single, HANGS)
    single.send(*texts(single, *range(60)), channel=SMS)
    called = len(single.provider.calls)
    opened = single.now() + MINUTE
    for _ in range(5):
        minute(single)

    assert called + 5 == len(single.provider.calls)
    assert opened == the_hold(single).half_open_at
    assert called + 5 == sum(row.state is State.IN_DOUBT for row in single.rows())


def test_where_all_go_by_another_route_one_message_is_elected_to_try_the_first(
    double: World,
) -> None:
    down(double, HANGS)
    double.send(*texts(double, *range(60)), channel=SMS)
    before = calls_on(double, FIRST)
    double.now.turn(MINUTE)
    double.sweep_all()
    for batch in range(3):
        double.send(*texts(double, *range(100 * batch + 100, 100 * batch + 160)), channel=SMS)

    assert before + 1 == calls_on(double, FIRST)
    assert the_hold(double).is_active

    up(double)
    double.now.turn(MINUTE)
    double.sweep_all()
    double.send(*texts(double, *range(500, 560)), channel=SMS)
    assert not the_hold(double).is_active
    double.send(*texts(double, *range(600, 660)), channel=SMS)
    assert calls_on(double, FIRST) > 60


@pytest.mark.parametrize("answer", [accepted("m"), refused("InvalidParameter")])
def test_any_answer_to_a_probe_opens_the_route_again(single: World, answer: Outcome) -> None:
    down(single, REFUSED)
    single.send(*texts(single, *range(30)), channel=SMS)
    single.provider.answer = lambda _: answer
    minute(single)

    assert not the_hold(single).is_active


def test_what_a_process_met_before_the_route_was_opened_closes_it_no_more(single: World) -> None:
    """It remembers half a minute, and the outage may have been shorter."""
    sender = single.sender(SMS)
    down(single, REFUSED)
    sender(dict.fromkeys(texts(single, *range(30)), 1), time_left=single.time_left)
    single.ledger.let_go([BREAKER], at=single.now() + SECONDS)
    single.now.turn(2 * SECONDS)
    up(single)
    sender(dict.fromkeys(ids := texts(single, *range(100, 120)), 1), time_left=single.time_left)

    assert {State.SENT} == {single.state(i) for i in ids}
    assert not the_hold(single).is_active


def test_when_both_are_closed_the_first_of_them_that_opens_takes_what_waits(
    double: World,
) -> None:
    down(double, REFUSED, FIRST, SECOND)
    double.send(*texts(double, *range(60)), channel=SMS)
    assert {State.DEFERRED} == {row.state for row in double.rows()}

    down(double, REFUSED, FIRST)
    double.route_probes.down = {FIRST}
    for n in range(4):
        double.send(*texts(double, 100 + n), channel=SMS)
        minute(double)
    assert {(State.SENT, SECOND.key)} == {(row.state, row.route) for row in double.rows()}
