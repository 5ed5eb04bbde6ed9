"""The scenarios of the simulation of senders: what comes, against which limits."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from ordercast.events.order_event import Priority
from tests.pacing.simulated.scenario import Arrivals, Scenario

SECOND = timedelta(seconds=1)
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
RECOVERS = 2 * MINUTE
"""How long after an outage what waited behind its breaker is sent: the sweeper first tries one, then releases all."""


FULL_DAY = "14/s for an hour, and a daily quota that is used up half way"


def steady(rate: float, lasting: timedelta, *, high: float = 0) -> Callable[[], Arrivals]:
    """Return *rate* messages a second, of which *high* a second are urgent."""

    def arrivals() -> Iterator[tuple[timedelta, Priority]]:
        urgent = 0.0
        for number in range(int(rate * lasting.total_seconds())):
            urgent += high / rate
            priority = Priority.HIGH if urgent >= 1 else Priority.NORMAL
            urgent -= priority is Priority.HIGH
            yield number * SECOND / rate, priority

    return arrivals


def at_once(messages: int) -> Callable[[], Arrivals]:
    """Return so many messages at the same moment."""
    return lambda: ((timedelta(), Priority.NORMAL) for _ in range(messages))


def scenarios(share: float = 1.0) -> list[Scenario]:
    """Return each; with a *share* below 1 they last, or are, that much shorter."""
    hour = HOUR * share
    return [
        Scenario(
            name="100/s for an hour against 20/s",
            arrivals=steady(100, hour),
            rate=20,
            limit=20,
        ),
        Scenario(
            name="100/s for an hour against SES's 14/s",
            arrivals=steady(100, hour),
            rate=14,
            limit=14,
        ),
        Scenario(name="5/s for an hour against 1/s", arrivals=steady(5, hour), rate=1, limit=1),
        Scenario(
            name="50,000 at once against 20/s",
            arrivals=at_once(int(50_000 * share)),
            rate=20,
            limit=20,
        ),
        Scenario(
            name="a provider that is down for ten minutes",
            arrivals=steady(30, hour),
            rate=20,
            limit=20,
            down=lambda at: hour / 3 <= at < hour / 2,
            outage=hour / 6 + RECOVERS,
        ),
        Scenario(
            name=FULL_DAY,
            arrivals=steady(14, hour),
            rate=14,
            limit=14,
            quota=lambda at: int(50_400 * share * (0.5 if at < 2 * hour else 2)),
            outage=1.5 * hour,
        ),
        Scenario(
            name="throttling at half of the configured rate",
            arrivals=steady(30, hour),
            rate=10,
            limit=20,
        ),
        Scenario(
            name="20,000 that are deferred until the same minute, against 5/s",
            arrivals=at_once(int(20_000 * share)),
            rate=5,
            limit=5,
            deferred=True,
        ),
        Scenario(
            name="twice what fits in the twenty minutes before quiet hours, at 1/s",
            arrivals=at_once(2 * 20 * 60),
            rate=1,
            limit=1,
            quiet=(20 * MINUTE, 80 * MINUTE),
            outage=HOUR,
        ),
        Scenario(
            name="15/s of high priority over a normal backlog, at 20/s",
            arrivals=steady(100, hour / 2, high=15),
            rate=20,
            limit=20,
        ),
    ]
