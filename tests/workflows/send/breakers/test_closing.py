"""A route whose provider is down is closed for all senders, and what can goes by another."""

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.pacing.breaker import LEAST, WINDOW
from ordercast.pacing.bucket import WAVE
from ordercast.pacing.holds import PLACES, Why
from ordercast.sending.outcome import (
    BackPressure,
    Outcome,
    back_pressure,
    refused,
)
from ordercast.sending.routes import Route, Routes, home_route
from ordercast.workflows.send.checks import ROUTE_OPENS
from ordercast.workflows.send_messages import COMES_BACK
from tests.examples import notification
from tests.fakes.world import World
from tests.workflows.send.breakers.failing_routes import (
    BREAKER,
    FIRST,
    HANGS,
    REFUSED,
    SECOND,
    SECONDS,
    SMS,
    breaker,
    calls_on,
    down,
    minute,
    texts,
    the_hold,
    up,
)


@pytest.mark.parametrize("meets", [REFUSED, HANGS])
def test_half_of_the_calls_in_trouble_close_the_route_and_the_hold_says_why(
    single: World, meets: Outcome
) -> None:
    down(single, meets)
    single.send(*texts(single, *range(LEAST)), channel=SMS)

    hold = the_hold(single)
    assert (BREAKER, Why.BREAKER, "sms-sender") == (hold.id, hold.why, hold.by)
    assert f"5 of the last 5 calls, mostly {meets.reason}" == hold.reason


@pytest.mark.parametrize(
    "meets",
    [
        refused("InvalidParameter"),
        back_pressure("AuthorizationError", kind=BackPressure.ACCOUNT),
        back_pressure("Throttling"),
    ],
)
def test_what_a_provider_says_of_a_message_or_the_account_or_throttles_closes_no_route(
    single: World, meets: Outcome
) -> None:
    down(single, meets)
    single.send(*texts(single, *range(20)), channel=SMS)

    assert Why.BREAKER not in {each.why for each in single.ledger.holds}


def test_a_provider_that_throttles_everything_for_long_is_down(single: World) -> None:
    down(single, back_pressure("Throttling"))
    single.rate = 2
    sender = single.sender(SMS)
    ids = texts(single, *range(40))
    for _ in range(3):
        sender(dict.fromkeys(ids, 1), time_left=single.time_left)

    assert "Throttling" in the_hold(single).reason
    assert {State.DEFERRED, State.REQUESTED} >= {single.state(i) for i in ids}


def test_what_waits_for_a_closed_route_loses_and_counts_nothing_and_is_sent_when_it_opens(
    single: World,
) -> None:
    down(single, REFUSED)
    ids = texts(single, *range(60))
    single.send(*ids, channel=SMS)
    assert {(State.DEFERRED, BREAKER, 0)} == {
        (row.state, row.held_by, row.attempts) for row in single.rows()
    }
    assert calls_on(single, FIRST) <= WAVE

    up(single)
    for _ in range(4):
        minute(single)
    assert {(State.SENT, 1)} == {(row.state, row.attempts) for row in single.rows()}


def test_another_sender_reads_that_the_route_is_closed_and_calls_nobody(single: World) -> None:
    down(single, HANGS)
    single.send(*texts(single, *range(25)), channel=SMS)
    called = len(single.provider.calls)
    single.send(*(later := texts(single, *range(100, 130))), channel=SMS)

    assert called == len(single.provider.calls) <= WAVE
    assert {State.DEFERRED} == {single.state(i) for i in later}


def test_with_a_second_route_the_rest_of_the_batch_goes_by_it_at_once(double: World) -> None:
    down(double, HANGS)
    began = double.now()
    ids = texts(double, *range(60))
    sent = double.send(*ids, channel=SMS)

    assert {} == sent.retry
    assert (25, 35) == (calls_on(double, FIRST), calls_on(double, SECOND))
    assert double.now() - began <= 30 * SECONDS
    assert {SECOND.key} == {r.route for r in double.rows() if r.state is State.SENT}


def test_what_was_not_taken_on_the_first_route_goes_by_the_second(double: World) -> None:
    down(double, REFUSED)
    ids = texts(double, *range(60))
    double.send(*ids, channel=SMS)

    assert {(State.SENT, SECOND.key, 1)} == {
        (row.state, row.route, row.attempts) for row in double.rows()
    }


def test_an_email_in_doubt_waits_for_its_first_route_while_another_is_open(world: World) -> None:
    first = home_route(Channel.EMAIL, "us-east-1")
    second = Route(provider="ses", region="us-west-2")
    world.routes = Routes(home=first, usual=first, in_second_region={first: second})
    world.ledger.hold([breaker(first, world)])
    row = replace(notification(1), attempts=1, resends=1, in_doubt_since=world.now())
    world.enter(row)
    world.send(row.id)

    assert [] == world.provider.calls
    waits = world.row(row.id)
    assert (State.DEFERRED, f"breaker:route={first.key}") == (waits.state, waits.held_by)


def test_each_route_has_a_bucket_of_its_own_and_the_usual_one_keeps_its_key(
    double: World,
) -> None:
    down(double, REFUSED)
    double.send(*texts(double, *range(60)), channel=SMS)

    assert {"test", SECOND.key} == double.buckets.kept.keys()


def test_an_outage_does_not_make_the_route_slower_afterwards(single: World) -> None:
    down(single, REFUSED)
    single.send(*texts(single, *range(60)), channel=SMS)

    assert {single.rate} == {each.rate for each in single.buckets.kept.values()}


def test_a_hold_that_cannot_be_written_is_written_by_the_next_wave(single: World) -> None:
    """Until then the route is closed to the process that knows."""
    down(single, HANGS)
    sender = single.sender(SMS)
    single.ledger.unavailable = {"hold"}
    sender(dict.fromkeys(ids := texts(single, *range(40)), 1), time_left=single.time_left)
    assert () == single.ledger.holds
    assert WAVE == len(single.provider.calls)
    assert {("back-pressure", 0)} == {
        (single.row(i).rule, single.row(i).attempts)
        for i in ids
        if single.state(i) is State.DEFERRED
    }

    single.ledger.unavailable = set()
    sender(dict.fromkeys(texts(single, 99), 1), time_left=single.time_left)
    assert BREAKER == the_hold(single).id
    assert WAVE == len(single.provider.calls)


def test_without_a_place_for_its_hold_each_process_finds_out_by_itself(single: World) -> None:
    others = [Route(provider="sns", region=f"r-{n}") for n in range(PLACES[Why.BREAKER])]
    single.ledger.hold([breaker(each, single) for each in others])
    down(single, REFUSED)
    for start in (0, 100):
        single.send(*texts(single, *range(start, start + 40)), channel=SMS)

    assert len(single.provider.calls) <= 2 * WAVE
    assert {State.DEFERRED} == {row.state for row in single.rows()}

    up(single)
    single.now.turn(max(ROUTE_OPENS, WINDOW))
    for _ in range(2):
        minute(single)
    assert {State.SENT} == {row.state for row in single.rows()}


def test_an_operator_closes_a_route_in_the_same_way(double: World) -> None:
    double.ledger.hold([replace(breaker(FIRST, double), why=Why.PAUSED, by="ada")])
    double.send(*texts(double, *range(10)), channel=SMS)

    assert (0, 10) == (calls_on(double, FIRST), calls_on(double, SECOND))


def test_urgent_messages_arrive_by_the_second_route_while_normal_ones_do_too(
    double: World,
) -> None:
    rows = [replace(notification(n, SMS), priority=Priority.HIGH) for n in range(30)]
    double.enter(*rows)
    down(double, REFUSED)
    began = double.now()
    double.send(*(row.id for row in rows), channel=SMS)

    assert {State.SENT} == {row.state for row in double.rows()}
    assert double.now() - began <= 30 * SECONDS


def test_a_single_urgent_message_of_a_quiet_shop_finds_the_second_route(double: World) -> None:
    """Five calls have to fail, and it may be tried three times in an invocation."""
    down(double, REFUSED)
    sender = double.sender(SMS)
    [only] = texts(double, 1)
    began = double.now()
    for received in range(1, COMES_BACK):
        sender({only: received}, time_left=double.time_left)

    assert State.SENT == double.state(only)
    assert double.now() - began <= 30 * SECONDS
