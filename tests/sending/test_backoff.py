from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ordercast.sending.backoff import backoff

SECONDS = timedelta(seconds=1)


def test_waits_double_until_they_are_a_quarter_of_an_hour() -> None:
    waits = [backoff(attempts, chance=0) / SECONDS for attempts in range(1, 12)]

    assert [2.5, 5, 10, 20, 40, 80, 160, 320, 450, 450, 450] == waits


@given(st.integers(1, 10**9), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_nothing_and_never_more_than_sqs_can_hide(
    attempts: int, chance: float
) -> None:
    assert 2.5 * SECONDS <= backoff(attempts, chance=chance) <= timedelta(minutes=15)


@given(st.integers(1, 40), st.floats(0, 1, exclude_max=True))
def test_chance_spreads_those_who_failed_together_over_half_of_the_wait(
    attempts: int, chance: float
) -> None:
    least = backoff(attempts, chance=0)

    assert least <= backoff(attempts, chance=chance) < 2 * least + SECONDS / 1000
