from datetime import timedelta

from ordercast.sending.republish_schedule import next_republish
from tests.fakes.clock import START

MINUTES = timedelta(minutes=1)


def test_looks_widen_from_minutes_to_half_a_day_and_stay_there() -> None:
    """A message that waits in its queue is requested too: a backlog is not to be multiplied."""
    waits = [
        next_republish(sweeps, first_wait=5 * MINUTES, now=START) - START for sweeps in range(6)
    ]

    hours = 60 * MINUTES
    assert [5 * MINUTES, 30 * MINUTES, 3 * hours, 12 * hours, 12 * hours, 12 * hours] == waits


def test_a_stage_may_scale_the_first_wait_and_so_all_of_them() -> None:
    quick = next_republish(1, first_wait=timedelta(seconds=2), now=START)

    assert timedelta(seconds=12) == quick - START
