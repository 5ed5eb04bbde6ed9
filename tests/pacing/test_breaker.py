"""Breakers: by which calls one opens, and by which it does not."""

from datetime import timedelta

import pytest

from ordercast.pacing.breaker import LEAST, LONG, WINDOW, Met, RouteCall, RouteCalls, why_open
from tests.fakes.clock import START

SECOND = timedelta(seconds=1)


def calls(*met: Met, every: timedelta = SECOND / 10) -> RouteCalls:
    """Return calls that met this, one after another, the last at START."""
    known = RouteCalls()
    for place, each in enumerate(met, start=1):
        at = START - every * (len(met) - place)
        known = known.then(RouteCall(at=at, met=each, code=f"{each}-code"))
    return known


ANSWERS, TROUBLES, THROTTLED = ([each] * 5 for each in (Met.ANSWER, Met.TROUBLE, Met.THROTTLING))


@pytest.mark.parametrize(
    "met",
    [
        TROUBLES,
        [*ANSWERS, *TROUBLES],
        [*TROUBLES, *ANSWERS],
        [*THROTTLED, *TROUBLES],
        [*ANSWERS * 100, *TROUBLES * 2],
    ],
)
def test_a_breaker_opens_when_half_of_five_calls_or_more_meet_trouble(met: list[Met]) -> None:
    assert why_open(calls(*met), now=START)


@pytest.mark.parametrize(
    "met",
    [
        [],
        TROUBLES[1:],
        [*ANSWERS, *TROUBLES[1:]],
        [*ANSWERS, *THROTTLED, *TROUBLES],
        [*TROUBLES * 2, *ANSWERS * 4],
    ],
)
def test_it_stays_closed_by_fewer_calls_or_a_smaller_share(met: list[Met]) -> None:
    assert not why_open(calls(*met), now=START)


def test_throttling_alone_opens_it_once_nothing_at_all_was_taken_for_long() -> None:
    assert not why_open(calls(*[Met.THROTTLING] * 100), now=START)

    assert why_open(calls(*[Met.THROTTLING] * 201), now=START)
    assert why_open(calls(*THROTTLED, every=LONG / 4), now=START)
    assert not why_open(calls(Met.ANSWER, *THROTTLED, every=LONG / 5), now=START)
    assert not why_open(calls(*[Met.THROTTLING] * 201), now=START, since=START - LONG / 2)


def test_what_is_older_than_the_window_is_forgotten() -> None:
    assert not why_open(calls(*TROUBLES), now=START + WINDOW)
    assert not why_open(calls(*TROUBLES, every=WINDOW / (LEAST - 1)), now=START)


def test_what_ended_before_the_breaker_was_let_go_opens_it_no_more() -> None:
    assert not why_open(calls(*TROUBLES), now=START + SECOND, since=START)
    assert why_open(calls(*TROUBLES), now=START + SECOND, since=START - 10 * SECOND)


def test_its_reason_counts_the_calls_and_names_the_commonest_code() -> None:
    assert "5 of the last 8 calls, mostly trouble-code" == why_open(
        calls(*ANSWERS[:3], *TROUBLES), now=START
    )
