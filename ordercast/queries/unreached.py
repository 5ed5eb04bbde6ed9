"""Find the orders of which no message arrived, or is on its way. Used by `ordercast orders` and the console."""

from datetime import datetime

from msgspec import Struct

from ordercast.events.identity import order_of
from ordercast.notifications.lifecycle import COUNTS_AS_UNDELIVERED, State
from ordercast.queries.message_filter import MessageFilter
from ordercast.queries.messages import MOST_UNITS, Lists, messages

MISSED = COUNTS_AS_UNDELIVERED | {State.SUPPRESSED, State.PARKED}
"""States of messages that reach nobody."""

_PAGE = 1000


class Unreached(Struct, frozen=True, kw_only=True):
    """The newest message of each order, newest order first, and how far back was looked at which units."""

    ids: tuple[str, ...]
    units: float
    looked_back_to: datetime


def unreached(
    asked: MessageFilter, lists: Lists, *, now: datetime, most_units: float = MOST_UNITS
) -> Unreached:
    """Return the orders of the period whose messages in it all reached nobody."""
    newest: dict[str, str] = {}
    reached: set[str] = set()
    units, cursor, looked = 0.0, None, asked.until
    while units < most_units:
        page = messages(
            asked, lists, now=now, cursor=cursor, size=_PAGE, most_units=most_units - units
        )
        for row in page.rows:
            newest.setdefault(order_of(row.id), row.id)
            if row.state not in MISSED:
                reached.add(order_of(row.id))
        units, cursor, looked = units + page.units, page.cursor, page.looked_back_to
        if cursor is None:
            break
    ids = tuple(i for order, i in newest.items() if order not in reached)
    return Unreached(ids=ids, units=units, looked_back_to=looked)
