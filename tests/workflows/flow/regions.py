"""Let the two Regions of a seeded day go and come, and have their routes closed. Used by `fallback_day`."""

from dataclasses import dataclass, field
from random import Random

from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.sending.routes import Route, Routes, home_route
from tests.fakes.world import World

FIRST = home_route(Channel.SMS, "us-east-1")
SECOND_REGION = replace(FIRST, region="us-west-2")
BOTH = (FIRST.key, SECOND_REGION.key)


def routes(share: int) -> Routes:
    """Return the routes of a stage that sends so many percent of its texts by the second Region."""
    return Routes(
        home=FIRST,
        usual=FIRST,
        in_second_region={FIRST: SECOND_REGION},
        second_region_share=share,
    )


@dataclass(slots=True)
class Regions:
    """Which Regions are gone for now, by the keys of their routes."""

    world: World
    chance: Random
    down: set[str] = field(default_factory=set)

    def turn(self, *, trouble: bool) -> None:
        """Let some go or come; what is gone for longer, some sender finds out, and closes its route."""
        down = {each for each in BOTH if trouble and self._is_gone(each)}
        for each in sorted(down & self.down):
            if self.chance.random() < 0.5:
                self.world.ledger.hold([self._closed(each)])
        self.down = down
        self.world.route_probes.down = {Route.read(each) for each in down}

    def is_down(self, row: Notification) -> bool:
        """Tell whether the provider on *row*'s route is gone; e-mails leave from the first Region."""
        return (row.route or FIRST.key) in self.down

    def _is_gone(self, route: str) -> bool:
        return self.chance.random() < (0.7 if route in self.down else 0.06)

    def _closed(self, route: str) -> Hold:
        return Hold(
            why=Why.BREAKER,
            scope=Scope(route=route),
            by="sms-sender",
            since=self.world.now(),
            reason="5 of the last 5 calls",
        )
