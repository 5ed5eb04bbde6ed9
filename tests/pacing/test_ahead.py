from datetime import timedelta

import pytest

from ordercast.pacing.ahead import AHEAD, LONGEST_WAIT, room, time_for, would_expire
from tests.fakes.clock import START

HOUR = timedelta(hours=1)


def test_five_minutes_of_the_rate_may_wait_in_a_queue() -> None:
    assert timedelta(minutes=5) == AHEAD
    assert 6_000 == room(0, rate=20)
    assert 1_000 == room(5_000, rate=20)
    assert 0 == room(6_001, rate=20)


def test_even_two_releases_by_one_count_put_no_more_than_ten_minutes_there() -> None:
    """SQS's counts may be a minute old."""
    assert 2 * room(0, rate=20) <= 20 * timedelta(minutes=10).total_seconds()


def test_how_long_a_queue_takes_is_bounded_whatever_the_rate() -> None:
    assert timedelta(seconds=50) == time_for(1_000, rate=20)
    assert LONGEST_WAIT == time_for(10_000_000, rate=0.1)


@pytest.mark.parametrize(("after", "late"), [(HOUR, 36_000), (HOUR * 2, 0)])
def test_what_expires_before_its_turn_is_estimated_from_a_sample(
    after: timedelta, late: int
) -> None:
    """72,000 take an hour at 20/s, from half an hour on: in an hour half of them are sent."""
    late_ones = would_expire(
        [START + after] * 100, backlog=72_000, begins=START + HOUR / 2, rate=20
    )

    assert late == late_ones


def test_what_expires_first_goes_first_in_the_estimate() -> None:
    """So the half that expires early is sent in time, and the others have the time."""
    soon, later = [START + HOUR / 2] * 50, [START + HOUR] * 50

    assert 0 == would_expire([*later, *soon], backlog=72_000, begins=START, rate=20)
    assert 0 < would_expire([*later, *soon], backlog=80_000, begins=START, rate=20)


def test_of_no_sample_nothing_expires() -> None:
    assert 0 == would_expire([], backlog=72_000, begins=START, rate=20)
