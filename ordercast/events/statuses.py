"""List the statuses of an order, once, and find the one that a shop's word means. Used by every layer.

docs/contract.md has the table for producers. Add a status: a line here, and its words
(docs/templates.md).
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache, lru_cache
from types import MappingProxyType

from msgspec import Struct

from ordercast.events.message_class import MessageClass

DEFAULT_STATUS = "confirmed"


class Status(Struct, frozen=True, kw_only=True):
    """What is known of one status.

    A status of a lower *rank* that comes later is stale; without a rank it neither makes others
    stale nor becomes stale. *send_within* is how old a message may be when it is sent. An *urgent*
    one is of high priority where its event names none. *synonyms* are what shops write for it, as
    `plain` gives them.
    """

    send_within: timedelta
    rank: int | None = None
    urgent: bool = False
    message_class: MessageClass = MessageClass.TRANSACTIONAL
    synonyms: tuple[str, ...] = ()


_A_DAY = timedelta(hours=24)
_TWO_DAYS = timedelta(hours=48)
_ABOUT_MONEY = timedelta(hours=72)

# The ranks leave room for statuses between them. A word that two shops use for two things is no
# synonym: "processing", "returned", "received", "paid", "ready" and "closed" are not here.
STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        "confirmed": Status(rank=100, send_within=_A_DAY, synonyms=("confirmation", "placed")),
        # WooCommerce and Magento know no "shipped": completed is what they write when all has
        # left. What is complete was shipped, so the message is true wherever the word means more.
        "shipped": Status(
            rank=300,
            send_within=_TWO_DAYS,
            synonyms=("dispatched", "despatched", "fulfilled", "completed", "complete"),
        ),
        "out_for_delivery": Status(rank=400, send_within=_A_DAY),
        "ready_for_pickup": Status(
            rank=400,
            send_within=_TWO_DAYS,
            synonyms=("readyforcollection", "readytocollect", "availableforpickup"),
        ),
        "delivered": Status(rank=500, send_within=_A_DAY, synonyms=("deliverycompleted",)),
        "delayed": Status(send_within=_A_DAY, synonyms=("deliverydelayed", "shipmentdelayed")),
        "cancelled": Status(
            urgent=True,
            send_within=_ABOUT_MONEY,
            synonyms=("canceled", "cancel", "cancellation", "cancelation"),
        ),
        "refunded": Status(
            urgent=True,
            send_within=_ABOUT_MONEY,
            synonyms=("refund", "fullyrefunded", "refundcompleted", "refundissued"),
        ),
        "partially_refunded": Status(
            urgent=True,
            send_within=_ABOUT_MONEY,
            synonyms=("partialrefund", "partlyrefunded"),
        ),
        "payment_failed": Status(
            urgent=True,
            send_within=_ABOUT_MONEY,
            synonyms=("paymentfailure", "failedpayment", "paymentdeclined"),
        ),
        "failed": Status(urgent=True, send_within=_ABOUT_MONEY),
    }
)


def canonical(written: str, *, synonyms: Mapping[str, str]) -> str:
    """Return the status that *written* means; of an unknown word its letters and digits in lower case.

    *synonyms* are the stage's own, by `plain`; they win over the table's.
    """
    word = plain(written)
    return synonyms.get(word) or _words().get(word) or _own(written)


def _own(written: str) -> str:
    """Return a status of a shop's own as templates name it: `On Hold` is `on_hold`."""
    return re.sub(r"[^\w-]+", "_", written.lower()).strip("_")


@lru_cache(maxsize=1024)
def plain(written: str) -> str:
    """Return a status without case, separators and the prefix that some shops put before it.

    `wc-Out for delivery`, `ORDER_OUT_FOR_DELIVERY` and `outForDelivery` are `outfordelivery`.
    """
    letters = "".join(filter(str.isalnum, written.lower()))
    for prefix in ("orders", "order", "wc"):
        if letters.startswith(prefix) and letters.removeprefix(prefix) in _words():
            return letters.removeprefix(prefix)
    return letters


@cache
def _words() -> dict[str, str]:
    """Return the status of each known word."""
    return {
        word: name
        for name, status in STATUSES.items()
        for word in (name.replace("_", ""), *status.synonyms)
    }
