"""What closes a batch: its size, its bytes, its window; one at a time."""

import pytest
from support.lanes import (
    NOON,
    SECOND,
    SUCCESS,
    a_lane,
    delivered,
    play,
    record,
)

from lambda_event_sources.outcomes import Errored
from lambda_event_sources.streams.parallelization_lane import StepOrderError
from lambda_event_sources.streams.steps import Wait


def test_a_batch_holds_at_most_the_batch_size() -> None:
    assert [[1, 2], [3, 4], [5]] == play(
        a_lane(*map(record, range(1, 6)), batch_size=2), *[SUCCESS] * 3
    )


def test_a_batch_closes_before_it_would_exceed_six_megabytes() -> None:
    almost_half = 3 * 1024 * 1024 - 20
    lane = a_lane(*(record(n, size=almost_half) for n in (1, 2, 3)))

    assert [1, 2] == delivered(lane)


def test_a_record_of_exactly_the_limit_fills_a_batch_and_one_byte_more_moves_its_neighbour_on() -> (
    None
):
    # {"Records":[a,b]} is 14 characters, a comma and the two records.
    fits = a_lane(record(1, size=40), record(2, size=45), payload_limit=100)
    exceeds = a_lane(record(1, size=40), record(2, size=46), payload_limit=100)

    assert [1, 2] == delivered(fits)
    assert [1] == delivered(exceeds)


def test_a_record_too_large_for_any_invocation_is_a_batch_of_its_own() -> None:
    lane = a_lane(record(1, size=500), record(2), payload_limit=100)

    assert [1] == delivered(lane)


def test_without_a_window_a_batch_is_what_there_is() -> None:
    assert [1] == delivered(a_lane(record(1)))


def test_a_window_gathers_records_from_the_first_one_read() -> None:
    lane = a_lane(record(1), max_batching_window=5 * SECOND)
    lane.put([record(2)], now=NOON + 3 * SECOND)

    assert Wait(until=NOON + 5 * SECOND) == lane.next_step(now=NOON + 4 * SECOND)
    assert [1, 2] == delivered(lane, at=NOON + 5 * SECOND)


def test_a_full_batch_does_not_sit_out_the_window() -> None:
    assert [1, 2] == delivered(
        a_lane(record(1), record(2), batch_size=2, max_batching_window=60 * SECOND)
    )


def test_a_payload_that_is_full_does_not_sit_out_the_window() -> None:
    lane = a_lane(
        record(1, size=60), record(2, size=60), payload_limit=100, max_batching_window=60 * SECOND
    )

    assert [1] == delivered(lane)


def test_the_next_batch_waits_until_the_last_one_is_settled() -> None:
    lane = a_lane(record(1), record(2), batch_size=1)
    lane.next_step(now=NOON)

    with pytest.raises(StepOrderError):
        lane.next_step(now=NOON)


def test_an_empty_lane_waits_for_records() -> None:
    lane = a_lane()

    assert Wait(until=None) == lane.next_step(now=NOON)
    assert lane.is_empty


def test_a_lane_takes_up_nothing_new_while_a_batch_is_not_done() -> None:
    lane = a_lane(record(1), batch_size=3)
    assert 2 == lane.capacity

    lane.next_step(now=NOON)
    lane.settle(Errored(), now=NOON)

    assert 0 == lane.capacity
