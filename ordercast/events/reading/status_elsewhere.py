"""Find what may say an order's status in an event without `status`. Used by the reading of events.

Such an event is refused: told as confirmed, a cancellation would be wrong news.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from ordercast.events.reading.spellings import EVENT, Written, plain, shown
from ordercast.events.statuses import DEFAULT_STATUS, STATUSES, canonical

NOT_CERTAIN = "what may be a status, and no status"


def status_elsewhere(document: Mapping[str, Any]) -> list[Written]:
    """Return the fields of *document*, which has no `status`, that may say one."""
    return [
        Written(shown(name, "status"), value)
        for name, value in document.items()
        if value not in _NOTHING and value is not False and _may_say(name, value)
    ]


def says_other_news(kind: str) -> bool:
    """Tell whether the type on an envelope has a word of a status other than confirmed in it."""
    words = _words(kind)
    pairs = map("".join, pairwise(words))
    found = {canonical(each, synonyms={}) for each in (*words, *pairs)}
    return not found.isdisjoint(STATUSES.keys() - {DEFAULT_STATUS} | _CHANGES)


def _may_say(name: str, value: Any) -> bool:  # noqa: ANN401  (any JSON)
    words = _words(name)
    if plain(name) in _STATES or "status" in words:
        return True
    if _names_news(plain(name)):
        return value not in _NO
    if plain(name) in _HOLDERS and isinstance(value, dict):
        return any(inner and EVENT.get(plain(each)) == "status" for each, inner in value.items())
    if not isinstance(value, str):
        return False
    if plain(name) in _KINDS:
        return not _is_new_order(value)
    return words[-1:] != [] and words[-1] in _MAY_BE_KINDS and says_other_news(value)


def _names_news(name: str) -> bool:
    """Tell whether a plain name asks for a status other than confirmed: `iscancelled`, `shippedat`."""
    core = _ASKED.sub("", name)
    return canonical(core, synonyms={}) in STATUSES.keys() - {DEFAULT_STATUS}


def _is_new_order(kind: str) -> bool:
    """Tell whether a type says no more than that there is an order: `order.created`, `OrderEvent`."""
    words = ["", "", *_words(kind)]
    known = words[-1] in _NEW or canonical(words[-1], synonyms={}) == DEFAULT_STATUS
    return known and words[-2] in {"order", "orders", ""}


def _words(kind: str) -> list[str]:
    return [each.lower() for each in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", kind[:128])]


_NOTHING: tuple[Any, ...] = (None, "", [], {})
_NO: tuple[Any, ...] = (0, "0", "false", "False", "no")
_ASKED = re.compile(r"^(is|was|has)|(at|on|date|time|reason)$")
_HOLDERS = frozenset(
    {"order", "data", "payload", "detail", "event", "message", "body", "attributes"}
)
_MAY_BE_KINDS = frozenset(
    {"topic", "event", "type", "kind", "action", "subject", "reason", "lifecycle", "transition"}
    | {"stage", "phase", "step", "state"}
)
_STATES = frozenset(
    {"state", "statuscode", "statusname", "currentstatus", "currentstate", "newstate"}
    | {"fulfillmentstatus", "fulfilmentstatus", "shipmentstatus", "shippingstatus"}
    | {"deliverystatus", "trackingstatus", "paymentstatus", "financialstatus", "refundstatus"}
    | {"fulfillmentstate", "fulfilmentstate", "shipmentstate", "paymentstate", "deliverystate"}
    | {"statustext", "statuslabel", "orderstatuscode"}
)
_KINDS = frozenset(
    {"type", "event", "eventtype", "eventname", "topic", "action", "kind"}
    | {"messagetype", "notificationtype", "ordereventtype", "trigger"}
)
_NEW = frozenset({"order", "orders", "event", "create", "created", "new", "notification"})
_CHANGES = frozenset({"changed", "updated", "returned"})
