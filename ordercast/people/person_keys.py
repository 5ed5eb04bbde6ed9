"""Name the records of people that concern a notification. Used by the send rules and suppressions."""

from ordercast.events.identity import address_key, customer_key
from ordercast.notifications.notification import Notification


def people_for(row: Notification) -> frozenset[str]:
    """Return the keys of the records of *row*'s customer and recipient."""
    keys = {address_key(row.recipient)} if row.recipient else set()
    if row.customer_id is not None:
        keys.add(customer_key(shop=row.order.shop, customer_id=row.customer_id))
    return frozenset(keys)
