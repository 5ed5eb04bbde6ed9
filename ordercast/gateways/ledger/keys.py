"""Name the keys of the ledger's rows, and tell rows apart by them. Used by the ledger gateway and by analytics.

Analytics reads a change's key and a few attributes: it needs nothing of what makes a whole row.
"""

from typing import TYPE_CHECKING

from ordercast.events.identity import HALF
from ordercast.gateways.dynamodb.codec import Item, text

if TYPE_CHECKING:
    from ordercast.decisions.lookup import DecisionKey, LatestStatusKey

SORT_KEY_PREFIX = "notification#"
LATEST_STATUS_PREFIX = "latest-status#"
DECISION_PREFIX = "decision#"

HOLDS = "holds"
HOLDS_KEY: Item = {"pk": text(HOLDS), "sk": text(HOLDS)}


def key(notification_id: str) -> Item:
    """Return the key of a notification: its id names the partition and the row in it."""
    return {
        "pk": text(notification_id[:HALF]),
        "sk": text(SORT_KEY_PREFIX + notification_id[HALF:]),
    }


def latest_status_key(latest_status: "LatestStatusKey") -> Item:
    """Return the key of an order's latest status on a channel."""
    return {"pk": text(latest_status[0]), "sk": text(LATEST_STATUS_PREFIX + latest_status[1])}


def decision_key(decision: "DecisionKey") -> Item:
    """Return the key of an event's decision."""
    return {"pk": text(decision[0]), "sk": text(DECISION_PREFIX + decision[1])}


def id_of(item: Item) -> str:
    """Return the notification id of an item or of its key."""
    return str(item["pk"]["S"]) + str(item["sk"]["S"]).removeprefix(SORT_KEY_PREFIX)


def kind_of(item: Item) -> str:
    """Return one of the prefixes above, by which the rows of an order differ, or `holds`."""
    kind, separator, _ = item["sk"]["S"].partition("#")
    return str(kind + separator)


def is_notification(item: Item) -> bool:
    """Tell a notification from the other rows of its order."""
    return str(item["sk"]["S"]).startswith(SORT_KEY_PREFIX)
