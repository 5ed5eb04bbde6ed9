"""A velocity limit leaves ordinary weeks alone, and stops what multiplies."""

from decimal import Decimal
from random import Random

import pytest

from ordercast.budgets.velocity import DAYS, Velocity
from tests.budgets.ordinary_weeks import hours, trips

VELOCITY = Velocity(floor=Decimal(20), factor=Decimal(5))


@pytest.mark.parametrize("texts_a_day", [50, 1_000, 20_000])
def test_of_a_thousand_ordinary_hours_at_most_one_trips(texts_a_day: float) -> None:
    assert trips(texts_a_day, VELOCITY, weeks=3, seeds=range(5)).share <= 0.001


def test_an_hour_of_ten_times_the_usual_trips() -> None:
    days = list(hours(20_000, 2, Random(1)))  # noqa: S311 - made-up weeks
    for hour in range(9, 21):
        usual = [day[hour] for day in days[:DAYS]]
        assert 10 * days[DAYS][hour] > VELOCITY.limit(usual)
