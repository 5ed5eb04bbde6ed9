"""Count how often a velocity limit trips in ordinary weeks of made-up shops. Used by docs/budgets.md and its test.

`python -m tests.budgets.ordinary_weeks` prints the table. A shop's texts follow the hour of the day
and the day of the week, scatter as independent orders do, grow, and now and then a newsletter
doubles or trebles an hour.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import cos, exp, pi
from random import Random

from ordercast.budgets.velocity import DAYS, Velocity

PRICE = Decimal("0.05")
BY_WEEKDAY = (1.0, 0.95, 0.95, 1.0, 1.2, 1.3, 0.8)
PROMOTIONS = 0.01
"""In how many hours there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trips:
    """How many hours there were, and in how many of them the limit would have tripped."""

    hours: int
    tripped: int

    @property
    def share(self) -> float:
        """Of 1."""
        return self.tripped / self.hours


def hours(texts_a_day: float, weeks: int, random: Random) -> Iterator[list[Decimal]]:
    """Yield what each hour of each day costs, by the day, in US dollars."""
    for day in range(weeks * 7):
        growth = 1 + 0.01 * day / 7
        yield [
            _texts(_mean(texts_a_day, day, hour, random) * growth, random) * PRICE
            for hour in range(24)
        ]


def trips(texts_a_day: float, velocity: Velocity, *, weeks: int, seeds: range) -> Trips:
    """Return in how many ordinary hours the limit would have tripped."""
    hours_seen = tripped = 0
    for seed in seeds:
        days = list(hours(texts_a_day, weeks, Random(seed)))  # noqa: S311 - made-up weeks
        for number in range(DAYS, len(days)):
            for hour, spent in enumerate(days[number]):
                limit = velocity.limit([day[hour] for day in days[number - DAYS : number]])
                hours_seen += 1
                tripped += spent > limit
    return Trips(hours=hours_seen, tripped=tripped)


def _mean(texts_a_day: float, day: int, hour: int, random: Random) -> float:
    shape = 1 - 0.9 * cos(2 * pi * (hour - 3) / 24)
    promoted = random.choice((2, 3)) if random.random() < PROMOTIONS else 1
    return texts_a_day / 24 * shape * BY_WEEKDAY[day % 7] * promoted * random.uniform(0.8, 1.25)


def _texts(mean: float, random: Random) -> int:
    """Draw how many texts: a Poisson number, by its normal approximation where that is close."""
    if mean > 50:
        return max(0, round(random.gauss(mean, mean**0.5)))
    limit, number, product = exp(-mean), 0, random.random()
    while product > limit:
        number, product = number + 1, product * random.random()
    return number


def main() -> None:
    """Print the table of docs/budgets.md."""
    print("texts a day  floor, USD  factor  hours  tripped  share, %")
    for texts_a_day in (50, 1_000, 20_000):
        for floor, factor in ((5, 3), (5, 5), (20, 3), (20, 5)):
            velocity = Velocity(floor=Decimal(floor), factor=Decimal(factor))
            found = trips(texts_a_day, velocity, weeks=5, seeds=range(20))
            print(
                f"{texts_a_day:11,}  {floor:10}  {factor:6}  {found.hours:5,}"
                f"  {found.tripped:7,}  {100 * found.share:8.3f}"
            )


if __name__ == "__main__":
    main()
