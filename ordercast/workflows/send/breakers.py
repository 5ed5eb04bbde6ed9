"""Close routes whose provider is down, and let one message try them again. Used by `workflows.send_messages`.

A process remembers what it met for half a minute; what it finds out by that it writes as a hold of
the route, which every other sender reads with its next wave.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from msgspec import Struct, field
from msgspec.structs import replace

from ordercast.decisions.lookup import LookupResult
from ordercast.errors import Retryable
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.route_scores import RouteScores
from ordercast.pacing.breaker import Met, RouteCall, RouteCalls, why_open
from ordercast.pacing.holds import Hold, Holds, Scope, Why, closed_routes
from ordercast.sending.outcome import BackPressure, Outcome, Settlement
from ordercast.sending.routes import Route, RouteChoice, Routes, choose
from ordercast.workflows.ports import Clock, Ledger


class Breakers(Struct, kw_only=True):
    """The breakers of a channel's routes as one process knows them; `by` is the function that opens one.

    A hold that cannot be written leaves the route closed to this process alone, for as long as it
    remembers the calls; each wave writes it again, and another process finds out by itself.
    """

    ledger: Ledger
    routes: Routes
    by: str
    now: Clock
    _calls: dict[str, RouteCalls] = field(default_factory=dict)
    _holds: Holds = ()
    _scores: RouteScores = field(default_factory=dict)

    def read(self, found: LookupResult) -> None:
        """Take over the holds and scores as a wave has read them, and write what only this process knows."""
        self._holds = found.holds
        self._scores = found.scored_routes.known(self.now()) if found.scored_routes else {}
        self._open()

    def note(self, route: Route, outcomes: Iterable[Outcome]) -> None:
        """Remember what the calls of a wave met, and open the breaker if that says so."""
        calls, at = self._calls.get(route.key, RouteCalls()), self.now()
        for each in outcomes:
            if met := met_by(each):
                calls = calls.then(RouteCall(at=at, met=met, code=each.reason or ""))
        self._calls[route.key] = calls
        self._open()

    def choose(self, row: Notification) -> RouteChoice | None:
        """Choose the route of *row* by what is closed; a probe goes by the route that it tries."""
        return self._choose(row, passes=None if row.is_held else row.held_by)

    def usual(self, row: Notification) -> Route:
        """Return the route of *row* while none is closed."""
        choice = choose(row, self.routes, scores=self._scores)
        return choice.route if choice else self.routes.home

    def hold_of(self, row: Notification) -> Hold | None:
        """Return the hold that a row without an open route waits behind; None if none could be written."""
        return closed_routes(self._holds).get(self.usual(row).key)

    def elected(self, rows: Sequence[Notification]) -> list[Notification]:
        """Return *rows*; one for each half-open breaker may pass it, if no other sender was faster."""
        after = {row.id: row for row in rows}
        for key, hold in closed_routes(self._holds).items():
            if hold.half_open_at is None or hold.probe:
                continue
            candidates = [
                each for each in rows if not each.held_by and self._takes(each, key, hold)
            ]
            # Elected or not, the messages of the wave go on.
            with suppress(Retryable):
                after |= self._elect(hold, candidates[-1]) if candidates else {}
        return list(after.values())

    def answered(self, probes: Iterable[Settlement], holds: Holds) -> None:
        """Let go the breakers whose probe got an answer of any kind; raises `LedgerUnavailable`."""
        up = {e.notification.held_by for e in probes if met_by(e.outcome) is Met.ANSWER}
        ended = [h.id for h in holds if h.why is Why.BREAKER and h.is_active and h.id in up]
        if ended:
            self.ledger.let_go(ended, at=self.now())

    def _choose(self, row: Notification, passes: str | None) -> RouteChoice | None:
        """Choose the route of *row*, which *passes* the hold of that id."""
        known = {key: hold.id for key, hold in closed_routes(self._holds).items()}
        closed = dict.fromkeys(self._tripped(), "") | known
        shut = frozenset(Route.read(key) for key, each in closed.items() if each != passes)
        return choose(row, self.routes, closed=shut, scores=self._scores)

    def _takes(self, row: Notification, key: str, hold: Hold) -> bool:
        """Tell whether *row* would take that route, if its hold were let go."""
        choice = self._choose(row, passes=hold.id)
        return choice is not None and choice.route.key == key

    def _elect(self, hold: Hold, row: Notification) -> dict[str, Notification]:
        elected = replace(hold, probe=row.id)
        self._holds = self.ledger.change_holds([(hold, elected)])
        probe = replace(row, held_by=hold.id)
        if elected not in self._holds or not self.ledger.change([(row, probe)]):
            return {}
        return {row.id: replace(probe, version=row.version + 1)}

    def _open(self) -> None:
        """Write a hold for each route that this process found to be down, unless it is closed already."""
        closed, now = closed_routes(self._holds), self.now()
        new = [
            Hold(
                why=Why.BREAKER,
                scope=Scope(route=key),
                by=self.by,
                since=now,
                reason=reason,
            )
            for key, reason in self._tripped().items()
            if key not in closed
        ]
        # Until then the route is closed to this process.
        with suppress(Retryable):
            if new:
                self._holds = self.ledger.hold(new)

    def _tripped(self) -> dict[str, str]:
        """Return why this process finds routes to be down; what ended before one was opened again is over."""
        opened = {h.scope.route: h.released_at for h in self._holds if h.why is Why.BREAKER}
        now = self.now()
        found = {
            key: why_open(calls, now=now, since=opened.get(key))
            for key, calls in self._calls.items()
        }
        return {key: reason for key, reason in found.items() if reason}


def met_by(outcome: Outcome) -> Met | None:
    """Return what a call met, by its outcome as the provider gave it; None if there was no call."""
    if outcome.back_pressure is BackPressure.RATE:
        return Met.THROTTLING
    if outcome.back_pressure is BackPressure.OUTAGE or outcome.state is State.IN_DOUBT:
        return Met.TROUBLE
    called = outcome.back_pressure or outcome.state is not State.REQUESTED
    return Met.ANSWER if called else None
