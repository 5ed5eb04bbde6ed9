"""Find the fields of an order event under every spelling that is known. Used by the reading of events.

A name counts without case, `_`, `-` and spaces: `orderId`, `ORDER_ID` and `order-id` are `order_id`.
Add a spelling only where it can mean nothing else in any shop.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

Spellings = Mapping[str, str]
"""The contract's name by each plain spelling."""


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """Return a field's name without case and separators."""
    return re.sub(r"[_\- ]", "", name).lower()


def _spellings(names: Iterable[str], others: Mapping[str, str] | None = None) -> Spellings:
    return {plain(name): name for name in names} | dict(others or {})


_EMAIL = ("email", "emailaddress", "customeremail", "contactemail", "customeremailaddress")
_COUNTRY = ("country", "countrycode", "customercountry", "contactcountry", "customercountrycode")
_STATUS = ("status", "orderstatus", "orderstate", "newstatus")
_PHONE = ("phone", "phonenumber", "customerphone", "contactphone", "customerphonenumber")
EVENT = _spellings(
    (
        *("order_id", "schema_version", "event_id", "status", "customer_id", "occurred_at"),
        *("amount", "items", "contact", "channel", "priority", "tracking_url", "campaign"),
        *("fallback", "shop", "currency", "timestamp"),
    ),
    {"orderamount": "amount", "ordercurrency": "currency", "currencycode": "currency"}
    | dict.fromkeys(_STATUS, "status")
    | dict.fromkeys(_EMAIL, "email")
    | dict.fromkeys(_PHONE, "phone")
    | dict.fromkeys(_COUNTRY, "country"),
)
CONTACT = _spellings(
    ("locale", "time_zone"),
    dict.fromkeys(_COUNTRY, "country")
    | dict.fromkeys(_EMAIL, "email")
    | dict.fromkeys(_PHONE, "phone"),
)
CUSTOMER = _spellings(
    (
        *("customer_id", "shop", "channels", "quiet_hours", "consents", "opt_outs"),
        *("promotional_consents", "promotional_opt_outs"),
    ),
    CONTACT,
)
"""Of a line of `ordercast customers import`."""
ADDRESSES = ("email", "phone", "country")
"""What may stand beside the order instead of in its contact."""
ITEM = _spellings(("name", "quantity", "sku"), {"qty": "quantity"})
MONEY = _spellings(
    ("value", "currency", "cent_amount", "precise_amount", "fraction_digits"),
    {"amount": "value", "currencycode": "currency"},
)

MAY_MEAN: Spellings = (
    dict.fromkeys(("id", "number", "ordernumber", "orderno", "ordername"), "order_id")
    | dict.fromkeys(("incrementid", "entityid", "orderreference", "orderkey"), "order_id")
    | dict.fromkeys(("customer", "customernumber", "user", "userid", "buyer"), "customer_id")
    | dict.fromkeys(("billing", "billingaddress", "shippingaddress", "shipto"), "contact")
    | dict.fromkeys(("lineitems", "orderlines", "orderitems", "products"), "items")
    | dict.fromkeys(("total", "totalprice", "grandtotal", "ordertotal", "amounttotal"), "amount")
    | dict.fromkeys(("createdat", "updatedat", "datecreated", "time"), "occurred_at")
)
"""What a raw order of a shop may mean by its names: not read, for each means something else, too.

An `id` may be the order's, the event's or the database's, and an order may have several.
"""


def others_for(document: Mapping[str, Any], *fields: str) -> list[str]:
    """Return the names in *document* by which one of *fields* may be meant."""
    return [
        name
        for name, value in document.items()
        if MAY_MEAN.get(plain(name)) in fields and value and NAME.fullmatch(name)
    ]


class Written(NamedTuple):
    """A value under the name, or path, that its producer wrote."""

    name: str
    value: Any


def sorted_out(
    document: Mapping[str, Any], spellings: Spellings, *, within: str = ""
) -> dict[str, list[Written]]:
    """Return what was written for each field of the contract; unknown fields are left out.

    `null` and an empty text are as if they were not there.
    """
    found: dict[str, list[Written]] = {}
    for name, value in document.items():
        known = spellings.get(plain(name))
        if known is not None and value is not None and value != "":
            found.setdefault(known, []).append(Written(f"{within}{shown(name, known)}", value))
    return found


def shown(name: str, known: str) -> str:
    """Return *name* if it can stand in a line, else the contract's own."""
    return name if NAME.fullmatch(name) else known


NAME = re.compile(r"[A-Za-z][A-Za-z_-]{0,39}")
"""A name that can stand in a line, and is no address."""
