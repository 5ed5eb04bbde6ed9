"""Find what may say an order's status in an event without `status`. Used by the reading of events.

Such an event is refused: told as confirmed, a cancellation would be wrong news.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from ordercast.events.reading.spellings import Written, plain, shown
from ordercast.events.statuses import DEFAULT_STATUS, STATUSES, canonical

NOT_CERTAIN = "what may be a status, and no status"


def status_elsewhere(document: Mapping[str, Any]) -> list[Written]:
    """Return the fields of *document*, which has no `status`, that may say one."""
    return [
        Written(shown(name, "status"), value)
        for name, value in document.items()
        if value not in _NOTHING and value is not False and _may_say(plain(name), value)
    ]


def says_other_news(kind: str) -> bool:
    """Tell whether the type on an envelope has a word of a status other than confirmed in it."""
    words = _words(kind)
    pairs = map("".join, pairwise(words))
    found = {canonical(each, synonyms={}) for each in (*words, *pairs)}
    return not found.isdisjoint(STATUSES.keys() - {DEFAULT_STATUS} | _CHANGES)


def _may_say(name: str, value: Any) -> bool:  # noqa: ANN401  (any JSON)
    if name in _STATES:
        return True
    if not isinstance(value, str):
        return False
    # An envelope's field, left behind beside the order.
    left_behind = name == "detailtype" and says_other_news(value)
    return left_behind or (name in _KINDS and not _is_new_order(value))


def _is_new_order(kind: str) -> bool:
    """Tell whether a type says no more than that there is an order: `order.created`, `OrderEvent`."""
    words = ["", "", *_words(kind)]
    known = words[-1] in _NEW or canonical(words[-1], synonyms={}) == DEFAULT_STATUS
    return known and words[-2] in {"order", "orders", ""}


def _words(kind: str) -> list[str]:
    return [each.lower() for each in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", kind[:128])]


_NOTHING: tuple[Any, ...] = (None, "", [], {})
_STATES = frozenset(
    {"state", "statuscode", "statusname", "currentstatus", "currentstate", "newstate"}
    | {"fulfillmentstatus", "fulfilmentstatus", "shipmentstatus", "shippingstatus"}
    | {"deliverystatus", "trackingstatus", "paymentstatus", "financialstatus", "refundstatus"}
    | {"fulfillmentstate", "fulfilmentstate", "shipmentstate", "paymentstate", "deliverystate"}
    | {"orderstatuscode", "cancelled", "canceled", "cancelledat", "canceledat"}
)
_KINDS = frozenset(
    {"type", "event", "eventtype", "eventname", "topic", "action", "kind"}
    | {"messagetype", "notificationtype", "ordereventtype", "trigger"}
)
_NEW = frozenset({"order", "orders", "event", "create", "created", "new", "notification"})
_CHANGES = frozenset({"changed", "updated", "returned"})
