"""Share out waiting messages by route, each at the pace of its own. Used by `workflows.send_messages`."""

from collections import deque
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct, field

from ordercast.events.order_event import Priority
from ordercast.notifications.notification import Notification
from ordercast.sending.routes import Route
from ordercast.workflows.send.breakers import Breakers
from ordercast.workflows.send.pace import Pace


class Lanes(Struct, kw_only=True):
    """The messages of a batch by route: a wave is of one, so that it draws from one bucket.

    What is closed is known as of the last wave; the wave's own checks choose again.
    """

    breakers: Breakers
    open_pace: Callable[[Route], Pace]
    _paces: dict[Route, Pace] = field(default_factory=dict)

    def pace(self, route: Route) -> Pace:
        """Return the pace of a route."""
        if route not in self._paces:
            self._paces[route] = self.open_pace(route)
        return self._paces[route]

    def route_of(self, row: Notification) -> Route:
        """Return the route that *row* takes; where none is open, the one that it waits for."""
        choice = self.breakers.choose(row)
        return choice.route if choice else self.breakers.usual(row)

    def next(self, waiting: deque[Notification], now: datetime) -> tuple[Route, datetime]:
        """Return which route of *waiting*, one message at least, has room first, and when.

        That of the first message, unless it has to wait: a slow route holds up no other.
        """
        first = self.route_of(waiting[0])
        high = waiting[0].priority is Priority.HIGH  # as all of a queue
        room = self.pace(first).until_room(high=high)
        if room <= now:
            return first, room
        others = {self.route_of(row) for row in waiting} - {first}
        rooms = {each: self.pace(each).until_room(high=high) for each in others}
        return min([(first, room), *rooms.items()], key=lambda each: each[1])

    def take(self, waiting: deque[Notification], route: Route) -> list[Notification]:
        """Take the next wave of *route* from *waiting*; the others keep their places."""
        size = self.pace(route).wave()
        wave: list[Notification] = []
        passed: list[Notification] = []
        while waiting and len(wave) < size:
            row = waiting.popleft()
            (wave if self.route_of(row) == route else passed).append(row)
        waiting.extendleft(reversed(passed))
        return wave
