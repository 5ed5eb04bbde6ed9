"""Read the notifications that an operator names, by a message's or an order's id. Used by `resend` and `cancel`."""

from datetime import datetime

from ordercast.decisions.lookup import LookupKeys
from ordercast.events.identity import is_notification_id, order_hash_for
from ordercast.notifications.notification import Notification
from ordercast.operations.shops import shops_of
from ordercast.operations.target import Target
from ordercast.queries.find import MOST_SHOPS
from ordercast.usage_error import UsageError


def named_message(where: Target, named: str) -> Notification | None:
    """Return the notification of that id, None if there is none or it is no such id."""
    if not is_notification_id(named):
        return None
    wanted = LookupKeys(notifications=frozenset({named}))
    return where.ledger().look_up(wanted).notifications.get(named)


def named_order(
    where: Target, order_id: str, *, shop: str | None, now: datetime
) -> list[Notification]:
    """Return an order's notifications, oldest first; without *shop* those of the one shop that has it.

    Raises `UsageError` where no shop has it, or several do.
    """
    shops = [shop] if shop else shops_of(where, now=now)[:MOST_SHOPS]
    ledger = where.ledger()
    found = {each: ledger.of_order(order_hash_for(shop=each, order_id=order_id)) for each in shops}
    having = [each for each, rows in found.items() if rows]
    if not having:
        hint = "" if shop else "an older shop is named with --shop; message ids: ordercast find"
        raise UsageError(f"no message or order {order_id} is known", hint=hint)
    if len(having) > 1:
        named = ", ".join(each or "(none)" for each in having)
        raise UsageError(f"order {order_id} is of several shops: {named}", hint="--shop names one")
    return found[having[0]]
