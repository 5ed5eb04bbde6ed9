"""Write which other notifications of its order a row names: its fallback, and resends. Used by the ledger's items.

Of an order's rows half an id tells one.
"""

from typing import Any

from ordercast.events.identity import HALF
from ordercast.gateways.dynamodb.codec import INSTANT, TEXT, Attribute, Fields, Item, number, text
from ordercast.notifications.fallback import Fallback
from ordercast.notifications.notification import Notification

OTHER = "other"
"""The attribute of the second half of a fallback's id: as short, for most texts have it."""

RESEND_OF = "resend_of"
"""The attribute that only a notification has which an operator had sent again."""

_FALLBACK = Fields.of({**dict.fromkeys(("to", "rule", "consent"), TEXT), "entered_at": INSTANT})
_TO = ("fallback_for", RESEND_OF)


def attributes(row: Notification) -> dict[str, Attribute]:
    """Return the links of *row*; what is None is left out."""
    links: dict[str, Attribute] = {}
    if row.fallback:
        links[OTHER] = text(row.fallback.id[HALF:])
        if more := _FALLBACK.write(row.fallback):
            links["fallback"] = {"M": more}
    named = ((name, getattr(row, name)) for name in _TO)
    links |= {name: text(each[HALF:]) for name, each in named if each}
    return links | ({"last_resend": number(row.last_resend)} if row.last_resend else {})


def fields(item: Item) -> dict[str, Any]:
    """Return the fields of the row that the item's links are."""
    order, known = item["pk"]["S"], dict[str, Any]()
    if OTHER in item:
        more = _FALLBACK.read(item.get("fallback", {"M": {}})["M"])
        known["fallback"] = Fallback(id=order + item[OTHER]["S"], **more)
    known |= {name: order + item[name]["S"] for name in _TO if name in item}
    if "last_resend" in item:
        known["last_resend"] = int(item["last_resend"]["N"])
    return known
