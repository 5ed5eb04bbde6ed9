"""List routes: what uses each, whether it is open, since when and why, and how fast it is. Used by `ordercast routes`."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.text import Text

from ordercast.notifications.providers import label_of
from ordercast.operations.route_states import Openness, RouteState
from ordercast.operations.units import count, rate


def listing(states: Iterable[RouteState], waiting: Mapping[str, int]) -> Text:
    """Show each route in two lines; *waiting* are the messages behind each hold, by its id."""
    lines = [
        f"{each.route.key}  {', '.join(each.uses)}\n  {_details(each, waiting)}" for each in states
    ]
    return Text("\n".join(lines))


def fields_of(state: RouteState, waiting: Mapping[str, int]) -> dict[str, Any]:
    """Return a route as JSON has it: rates in units a second, `waiting` in messages, times in UTC."""
    hold = state.hold
    return {
        "route": state.route.key,
        "provider": label_of(state.route.provider),
        "uses": list(state.uses),
        "state": state.openness,
        "since": state.since.isoformat() if state.since else None,
        "hold": hold.id if hold else None,
        "by": hold.by if hold else None,
        "reason": hold.reason if hold else "",
        "waiting": waiting[hold.id] if hold else 0,
        "rate": round(state.rate, 3),
        "limit": state.limit,
    }


def _details(state: RouteState, waiting: Mapping[str, int]) -> str:
    pace = f"{rate(state.rate)} of {rate(state.limit)} a second"
    hold = state.hold
    if hold is None or state.since is None:
        return f"open, {pace}"
    reason = f": {hold.reason}" if hold.reason else ""
    tried = "tried again" if state.openness is Openness.HALF_OPEN else f"by {hold.by}"
    since = f"{state.openness}, {tried} since {state.since:%Y-%m-%d %H:%M} UTC"
    return f"{since}{reason}; {count(waiting[hold.id], 'message')} waiting"
