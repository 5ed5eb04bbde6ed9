"""List what is held back: what, why, by whom, since when, and how many wait. Used by `ordercast pause` and `status`."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.text import Text

from ordercast.operations.units import count
from ordercast.pacing.holds import Hold, Why
from ordercast.queries.state_words import WHYS, words_of

NOTHING = "Nothing is held back."


def listing(holds: Iterable[Hold], waiting: Mapping[str, int]) -> Text:
    """Show each hold in two lines; *waiting* are the messages behind each, by its id."""
    lines = [
        f"{each.id}  {words_of(each.scope)}\n"
        f"  {_details(each)}; {count(waiting[each.id], 'message')} waiting"
        for each in holds
    ]
    return Text("\n".join(lines) or NOTHING)


def fields_of(hold: Hold, waiting: int) -> dict[str, Any]:
    """Return a hold as JSON has it: `waiting` in messages, times in UTC."""
    return {
        "id": hold.id,
        "why": hold.why,
        "scope": hold.scope.parts,
        "by": hold.by,
        "since": None if hold.why is Why.UNOPENED else hold.since.isoformat(),
        "reason": hold.reason,
        "released_at": hold.released_at.isoformat() if hold.released_at else None,
        "waiting": waiting,
    }


def _details(hold: Hold) -> str:
    since = WHYS[hold.why]
    if hold.why is not Why.UNOPENED:
        since += f", by {hold.by} since {hold.since:%Y-%m-%d %H:%M} UTC"
    reason = f" ({hold.reason})" if hold.reason else ""
    if hold.why is Why.UNOPENED and hold.released_at:
        return f"opened at {hold.released_at:%H:%M}"
    released = f"; let go at {hold.released_at:%H:%M}" if hold.released_at else ""
    return f"{since}{reason}{released}"
