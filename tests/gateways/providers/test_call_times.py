"""A call is timed from its slot to the answer."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.gateways.providers import one_call
from ordercast.sending.outcome import Outcome, Outgoing, unknown
from ordercast.templates.rendering import words
from tests.examples import notification
from tests.fakes.clock import START


@dataclass
class Stopwatch:
    seconds: float = 0

    def __call__(self) -> float:
        return self.seconds

    def run(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def watch(monkeypatch) -> Stopwatch:
    watch = Stopwatch()
    monkeypatch.setattr(one_call, "perf_counter", watch)
    return watch


@pytest.mark.parametrize("fails", [False, True])
def test_a_call_takes_from_its_slot_to_the_answer_also_when_it_fails(
    executor, watch, fails
) -> None:
    def call(_: Outgoing) -> str:
        watch.run(0.25)
        if fails:
            raise RuntimeError
        return "m-1"

    (outcome,) = send(executor, watch, call)

    assert timedelta(seconds=0.25) == outcome.took


def test_what_has_no_recipient_takes_no_call(executor, watch) -> None:
    (outcome,) = send(executor, watch, lambda _: "m-1", recipient=None)

    assert outcome.took is None


def send(executor, watch, call, **changes: Any) -> list[Outcome]:
    row = notification(1, Channel.EMAIL)
    message = Outgoing(notification=row, words=words(row), not_before=START)
    return one_call.one_call_each(
        [replace(message, notification=replace(row, **changes))],
        executor,
        wait=lambda _: watch.run(60),
        build=lambda message: message,
        call=call,
        outcome_of=lambda error: unknown(str(error)),
    )
