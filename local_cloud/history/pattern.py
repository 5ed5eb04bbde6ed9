"""Say how many orders each hour has, and what went wrong when. Used by the history."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from msgspec import Struct

_OF_A_WEEK = (1.05, 0.95, 0.95, 1.0, 1.2, 1.1, 0.75)  # from Monday on
_OF_A_DAY = (3, 2, 1, 1, 1, 2, 4, 6, 8, 9, 9, 8, 9, 9, 9, 10, 11, 12, 14, 15, 13, 10, 7, 5)
_GROWTH = 0.15  # from the first day to the last

BAD_DAYS_AGO = 9
BAD_COUNTRY, BAD_FROM, BAD_UNTIL = "US", 16, 23
"""On one afternoon (hours in UTC) the carrier of one country reaches hardly any phone."""


class HistoryPeriod(Struct, frozen=True, kw_only=True):
    """Whole days (UTC), from `first` to before `until`, each with about so many messages.

    In the hour from noon of the last day are `busy_hour` messages more.
    """

    until: date
    days: int
    messages_a_day: int
    busy_hour: int = 0

    @property
    def first(self) -> date:
        """The first day."""
        return self.until - timedelta(days=self.days)

    @property
    def bad_day(self) -> date:
        """The day whose afternoon was bad; outside of a short period."""
        return self.until - timedelta(days=BAD_DAYS_AGO)

    def orders_on(self, day: date, chance: Random) -> int:
        """Return how many orders a day has, by its weekday and by growth."""
        place = (day - self.first).days / self.days
        wanted = self.messages_a_day / _MESSAGES_AN_ORDER * _OF_A_WEEK[day.weekday()]
        return round(wanted * (1 + _GROWTH * (place - 0.5)) * chance.uniform(0.92, 1.08))

    def is_bad(self, country: str, at: datetime) -> bool:
        """Tell whether the carriers of a *country* reach hardly anybody at that time."""
        return (
            country == BAD_COUNTRY and at.date() == self.bad_day and BAD_FROM <= at.hour < BAD_UNTIL
        )


_MESSAGES_AN_ORDER = 3.15


def seconds_of_day(count: int, chance: Random) -> Iterator[float]:
    """Yield at which seconds of a day so many orders come in: few at night, many in the evening."""
    for hour in chance.choices(range(24), _OF_A_DAY, k=count):
        yield hour * 3600 + chance.random() * 3600
