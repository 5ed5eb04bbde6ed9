"""Take the person out of a notification, and end it if it waits. Used by `ordercast forget`."""

from datetime import datetime

from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Forgotten, Notification, OrderDetails
from ordercast.people.person import address_of, customer_of
from ordercast.sending.due_policy import ended
from ordercast.sending.send_rules import FORGOTTEN

WAITS = frozenset({State.DEFERRED, State.REQUESTED, State.PARKED})
"""A message of these would be sent still, by a sender, the sweeper or an operator."""


def forgotten(row: Notification, *, at: datetime) -> Notification:
    """Return *row* with nothing personal in it, and not to be sent; the same object if that is so already.

    What a provider may have stays as its receipts say: a claim that a sender holds ends by its own
    outcome, and if that is another attempt, the send rules end it. What is counted of the row stays.
    """
    fallback = row.fallback
    # Of a fallback that was entered its link is left: its row is one of its own. Another is none now.
    entered = replace(fallback, to=None) if fallback and fallback.entered_at else None
    over = _ended(replace(row, fallback=entered) if fallback != entered else row, at)
    if over.forgotten:
        return over
    return replace(
        over,
        recipient=None,
        customer_id=None,
        locale=None,
        time_zones=(),
        order=OrderDetails(order_id=row.order.order_id, shop=row.order.shop),
        forgotten=Forgotten(at=at, address=address_of(row), customer=customer_of(row)),
    )


def _ended(row: Notification, at: datetime) -> Notification:
    return ended(row, FORGOTTEN, at=at) if row.state in WAITS else row
