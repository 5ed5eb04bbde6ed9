"""Final invocations of tumbling windows: when, how often, and what follows."""

from typing import Any

import pytest
from support.doubles import recording
from support.lanes import NOON, SECOND
from support.windows import WINDOW, a_shard, answer, at, counted, play

from lambda_event_sources.events import encoded, lambda_event
from lambda_event_sources.outcomes import Errored, NotInvoked, Returned
from lambda_event_sources.streams.parallelization_lane import StepOrderError
from lambda_event_sources.streams.shard_sequencer import TRIM_HORIZON, after
from lambda_event_sources.streams.steps import Invoke, Wait
from lambda_event_sources.streams.tumbling_lane import STATE_LIMIT


def test_a_window_ends_when_a_later_record_was_read_though_its_time_is_not_over() -> None:
    shard = a_shard(at(1, 0), at(2, 130))
    step = shard.next_step(now=NOON)
    assert isinstance(step, Invoke)
    shard.settle(0, counted(step), now=NOON)

    end = shard.next_step(now=NOON)
    assert isinstance(end, Invoke)
    assert ((), True) == (end.records, end.window_fields["isFinalInvokeForWindow"])


def test_at_its_end_a_window_has_a_final_invocation_and_the_next_begins_without_state() -> None:
    shard = a_shard(at(1, 0), at(2, 130), at(3, 131))

    assert [
        ([1], {}, False),
        ([], {"count": 1}, True),
        ([2, 3], {}, False),
        ([], {"count": 2}, True),
    ] == play(shard)


def test_a_window_of_which_more_may_come_is_not_ended_before_its_time_is_over() -> None:
    shard = a_shard(at(1, 0))
    step = shard.next_step(now=NOON)
    assert isinstance(step, Invoke)
    shard.settle(0, counted(step), now=NOON)

    shard.note_read_until(NOON + WINDOW - SECOND)
    assert Wait(until=NOON + WINDOW) == shard.next_step(now=NOON + WINDOW - SECOND)
    # Its time is over, but nobody knows whether all of it is read.
    assert Wait(until=None) == shard.next_step(now=NOON + WINDOW)
    shard.note_read_until(NOON + WINDOW)
    assert isinstance(shard.next_step(now=NOON + WINDOW), Invoke)


def test_a_window_without_records_has_no_invocation() -> None:
    steps = play(a_shard(at(1, 0), at(2, 1000)))

    assert [[1], [], [2], []] == [numbers for numbers, *_ in steps]


def test_a_window_of_which_nothing_was_done_has_no_final_invocation() -> None:
    shard = a_shard(at(1, 0), retry_attempts=0)

    assert [([1], {}, False), ("discarded", [1])] == play(shard, Errored())
    assert after("1") == shard.position


@pytest.mark.parametrize("failure", [Errored(), Returned(payload=b"{}"), NotInvoked(reason="t")])
def test_an_end_is_repeated_until_it_succeeds_and_holds_up_the_next_window(failure: Any) -> None:
    shard = a_shard(at(1, 0), at(2, 130), retry_attempts=0, max_record_age=600 * SECOND)

    steps = play(shard, answer({"count": 1}), *[failure] * 5)

    assert [([1], {}, False), *[([], {"count": 1}, True)] * 6, ([2], {}, False)] == steps[:8]


def test_an_end_waits_between_its_repetitions() -> None:
    shard = a_shard(at(1, 0), at(2, 130))
    play(shard, answer({}), until=NOON)
    shard = a_shard(at(1, 0), at(2, 130))
    shard.next_step(now=NOON)
    shard.settle(0, answer({}), now=NOON)
    shard.next_step(now=NOON)
    settled = shard.settle(0, Errored(), now=NOON)

    assert "retried" == settled.how
    assert Wait(until=NOON + SECOND) == shard.next_step(now=NOON)


def test_a_final_invocation_that_never_succeeds_ends_with_the_retention() -> None:
    shard = a_shard(at(1, 0), retention=600 * SECOND)

    steps = play(shard, answer({"count": 1}), otherwise=lambda _: Errored())

    assert "expired" == steps[-1]
    assert after("1") == shard.position


LARGE = {"text": "x" * STATE_LIMIT}


def test_a_state_over_one_megabyte_ends_at_once_and_its_window_goes_on_without() -> None:
    shard = a_shard(at(1, 0), at(2, 1), batch_size=1)
    shard.next_step(now=NOON)
    shard.settle(0, answer(LARGE), now=NOON)

    early = shard.next_step(now=NOON)
    assert isinstance(early, Invoke)
    said = recording("kinesis_tumbling_terminated_early_event")
    assert said.keys() == lambda_event(early.records, early.window_fields).keys()
    for name in ("Records", "isFinalInvokeForWindow", "isWindowTerminatedEarly"):
        assert said[name] == lambda_event(early.records, early.window_fields)[name]
    assert LARGE == early.window_fields["state"]
    shard.settle(0, answer(LARGE), now=NOON)
    assert after("1") == shard.position

    step = shard.next_step(now=NOON)
    assert isinstance(step, Invoke)
    assert {} == step.window_fields["state"]
    assert early.window_fields["window"] == step.window_fields["window"]
    shard.settle(0, counted(step), now=NOON)
    assert [([], {"count": 1}, True)] == play(shard)


def test_a_state_of_one_megabyte_does_not_end_its_window() -> None:
    fitting = {"text": "x" * (STATE_LIMIT - len(encoded({"text": ""})))}

    assert [False, False, True] == [
        is_final
        for *_, is_final in play(a_shard(at(1, 0), at(2, 1), batch_size=1), answer(fitting))
    ]


def test_what_comes_late_is_of_the_window_that_is_open_or_of_the_next() -> None:
    assert [([1, 2], {}, False), ([], {"count": 2}, True)] == play(a_shard(at(1, 125), at(2, 119)))

    shard = a_shard(at(1, 0), at(2, 130), at(3, 5))
    assert [[1], [], [2, 3], []] == [numbers for numbers, *_ in play(shard)]

    shard.put([at(4, 6)], now=NOON)
    step = shard.next_step(now=NOON)
    assert isinstance(step, Invoke)
    assert "2026-11-21T12:04:00Z" == step.window_fields["window"]["start"]


def test_a_successor_begins_at_the_first_record_of_a_window_that_has_not_ended() -> None:
    shard = a_shard(at(1, 0), at(2, 1), at(3, 130), batch_size=1)

    shard.next_step(now=NOON)
    shard.settle(0, answer({}), now=NOON)
    shard.next_step(now=NOON)
    shard.settle(0, answer({}), now=NOON)
    assert TRIM_HORIZON == shard.position
    shard.next_step(now=NOON)
    shard.settle(0, answer({}), now=NOON)
    assert after("2") == shard.position


def test_a_closed_shard_s_last_window_ends_early_and_its_children_know_nothing_of_it() -> None:
    parent = a_shard(at(1, 0))
    parent.end()

    assert [([1], {}, False), ([], {"count": 1}, True)] == play(parent, until=NOON)
    assert parent.is_finished
    assert [([2], {}, False), ([], {"count": 1}, True)] == play(a_shard(at(2, 1)))


def test_while_an_end_is_out_there_is_no_other_step() -> None:
    shard = a_shard(at(1, 0), at(2, 130))
    shard.next_step(now=NOON)
    shard.settle(0, answer({}), now=NOON)
    assert isinstance(shard.next_step(now=NOON), Invoke)

    assert Wait(until=None) == shard.next_step(now=NOON)
    with pytest.raises(StepOrderError):
        shard._lanes[0].next_step(now=NOON)  # noqa: SLF001 - as a lane does, asked alone
