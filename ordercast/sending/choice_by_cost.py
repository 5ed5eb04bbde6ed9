"""Put the cheapest of a message's routes first, among those that deliver well enough. Used by `routes`, wiring and `ordercast routes`."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from zlib import crc32

from msgspec import Struct

from ordercast.events.order_event import Priority
from ordercast.notifications.notification import Notification
from ordercast.notifications.route_reason import RouteReason
from ordercast.notifications.route_scores import RouteScore, RouteScores
from ordercast.sending.routes import Route, RouteChoice


class JudgedRoute(Struct, frozen=True, kw_only=True):
    """A route that a message may take: what a part costs on it in US dollars, how it delivers, and whether that will do.

    `fits` is None while too few texts of the route have ended.
    """

    choice: RouteChoice
    price: Decimal | None
    score: RouteScore
    fits: bool | None

    def because(self, reason: RouteReason) -> RouteChoice:
        """Return the choice of this route for another reason."""
        return RouteChoice(route=self.choice.route, reason=reason)


class CostPolicy(Struct, frozen=True, kw_only=True):
    """When the cheapest route goes before the one that the stage names.

    `price` answers what a part costs on a route to a country; `at_least` has the least delivery rate of
    a message's class, in percent; a route is judged from `samples` texts on. So many of a hundred
    messages as `trial` says take a route that has too few; urgent ones never.
    """

    price: Callable[[Route, str], Decimal | None]
    at_least: Callable[[Notification], int]
    samples: int
    trial: int

    def judged(
        self, row: Notification, choices: Iterable[RouteChoice], scores: RouteScores
    ) -> list[JudgedRoute]:
        """Judge each of *choices*, in their order."""
        return [self._judged(row, each, scores) for each in choices]

    def ordered(
        self, row: Notification, choices: Sequence[RouteChoice], scores: RouteScores
    ) -> list[RouteChoice]:
        """Return *choices* in the order in which they are to be taken; the first is the stage's own.

        Those that do not deliver well enough come last, in the order of the stage.
        """
        own, *others = judged = self.judged(row, choices, scores)
        tried = [each for each in others if each.fits is None and self._tries(row)][:1]
        priced = [(each.price, each) for each in judged if each.fits and each.price]
        cheapest = [each for _, each in sorted(priced, key=lambda each: each[0])]
        return [
            *(each.because(RouteReason.TRIAL) for each in tried),
            *(own.choice if each is own else each.because(RouteReason.COST) for each in cheapest),
            *choices,
        ]

    def _judged(self, row: Notification, choice: RouteChoice, scores: RouteScores) -> JudgedRoute:
        country = row.country or ""
        score = scores.get((country, choice.route.key), RouteScore())
        enough = score.ended >= self.samples
        return JudgedRoute(
            choice=choice,
            price=self.price(choice.route, country),
            score=score,
            fits=(score.percent or 0) >= self.at_least(row) if enough else None,
        )

    def _tries(self, row: Notification) -> bool:
        # Other digits than those by which the second Region has its share.
        chosen = crc32(row.id.encode()) // 100 % 100 < self.trial
        return chosen and row.priority is not Priority.HIGH
