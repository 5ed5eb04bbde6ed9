"""Write the ledger's rows as items and read them back. Used by the ledger gateway.

An order's partition holds its notifications, one latest status a channel, and one decision an
event; the holds are an item of their own.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from ordercast.decisions.decision import Decision, Verdict
from ordercast.events.notes import Note
from ordercast.events.order_event import Channel, Money, Priority
from ordercast.gateways.dynamodb.codec import (
    DOLLARS,
    INSTANT,
    NUMBER,
    TEXT,
    TTL,
    Attribute,
    Fields,
    Item,
    list_of,
    map_of,
    number,
    record_of,
    text_of,
)
from ordercast.gateways.ledger import index_keys, links
from ordercast.gateways.ledger.keys import (
    DECISION_PREFIX,
    HOLDS_KEY,
    LATEST_STATUS_PREFIX,
    decision_key,
    id_of,
    key,
    latest_status_key,
)
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.notifications.notification import (
    Forgotten,
    Notification,
    OrderDetails,
    OrderItem,
)
from ordercast.notifications.route_reason import RouteReason
from ordercast.notifications.status_rank import LatestStatus
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.pacing.opening import HoldRecord, Opened
from ordercast.sending.routes import ACCOUNTS_OWN, Route


def _read_money(written: str) -> Money:
    value, _, currency = written.partition(" ")
    return Money(value=Decimal(value), currency=currency)


def _read_item(written: str) -> OrderItem:
    quantity, _, name = written.partition(" ")
    return OrderItem(name=name, quantity=int(quantity))


_ORDER = Fields.of(
    {
        **dict.fromkeys(("order_id", "shop", "tracking_url"), TEXT),
        "amount": text_of(_read_money, lambda money: f"{money.value:f} {money.currency}"),
        "items": list_of(_read_item, write=lambda item: f"{item.quantity} {item.name}"),
        "day": text_of(date.fromisoformat),
    },
    always=("items",),
    tracking_url="link",
)
VERSION_OF_WORDS = "words"
"""The attribute of a row's template version: short, as a usual row is to stay one write unit."""

_OWN = f"/{ACCOUNTS_OWN}"
ROUTE = text_of(
    lambda written: Route.read(written).key,
    lambda key: key.removesuffix(_OWN) if key.removesuffix(_OWN).count("/") == 1 else key,
)
"""A route's key, without the origination that most have: a row has few bytes left of its write unit."""

WHY = "why"
"""The attribute of a route's reason."""

_LETTERS = {
    RouteReason.STAGE: "s",
    RouteReason.COUNTRY: "c",
    RouteReason.COST: "p",
    RouteReason.TRIAL: "t",
    RouteReason.NEXT: "n",
    RouteReason.SHARE: "h",
    RouteReason.SECOND_REGION: "r",
    RouteReason.IN_DOUBT: "d",
}
REASON = text_of(
    {letter: reason for reason, letter in _LETTERS.items()}.__getitem__, _LETTERS.__getitem__
)
"""Why a route was chosen, by a letter."""

_MESSAGES = map_of(
    record_of(
        Message,
        {
            "state": text_of(State),
            "at": INSTANT,
            "reason": TEXT,
            **dict.fromkeys(("price", "estimate", "reserved"), DOLLARS),
            **dict.fromkeys(("number", "parts"), NUMBER),
            "route": ROUTE,
        },
    )
)
_NOTIFICATION = Fields.of(
    {
        **dict.fromkeys(("status", "template", "locale", "recipient"), TEXT),
        **dict.fromkeys(("customer_id", "campaign", "consent", "rule", "held_by"), TEXT),
        **dict.fromkeys(("owner", "country", "template_version"), TEXT),
        "route": ROUTE,
        "route_reason": REASON,
        "channel": text_of(Channel),
        "priority": text_of(Priority),
        "state": text_of(State),
        "cost_source": text_of(CostSource),
        **dict.fromkeys(("estimate", "reserved"), text_of(Decimal)),
        **dict.fromkeys(("cost", "drawn"), DOLLARS),
        **dict.fromkeys(("occurred_at", "effective_at", "due_at", "lease_until"), INSTANT),
        **dict.fromkeys(("in_doubt_since", "sent_at", "delivered_at", "closed_at"), INSTANT),
        "ages_from": INSTANT,
        # One short text: most e-mails have it, and a usual row is to stay one write unit.
        "time_zones": text_of(lambda written: tuple(written.split(" ")), " ".join),
        "expires_at": TTL,
        **dict.fromkeys(("sweeps", "version", "attempts", "parts"), NUMBER),
        "messages": _MESSAGES,
        "forgotten": record_of(Forgotten, {"at": INSTANT, "address": TEXT, "customer": TEXT}),
    },
    expires_at="ttl",
    time_zones="zones",
    template_version=VERSION_OF_WORDS,
    route_reason=WHY,
)
# Fields without a default in the class, that an item may lack.
_NULLABLE = (
    *("recipient", "locale", "customer_id", "campaign", "consent", "rule", "occurred_at", "due_at"),
)
_OPENED = record_of(
    Opened,
    {"channel": text_of(Channel), "at": INSTANT, **dict.fromkeys(("by", "reason"), TEXT)},
)

_HOLD = record_of(
    Hold,
    {
        "why": text_of(Why),
        "scope": record_of(
            Scope,
            {
                "channel": text_of(Channel),
                "priority": text_of(Priority),
                **dict.fromkeys(
                    ("region", "route", "country", "campaign", "shop", "period", "before"),
                    TEXT,
                ),
            },
        ),
        **dict.fromkeys(("by", "reason", "probe"), TEXT),
        "needs": DOLLARS,
        **dict.fromkeys(("since", "released_at", "half_open_at"), INSTANT),
    },
)
_DECISION = Fields.of(
    {
        "verdicts": map_of(
            record_of(
                Verdict,
                {
                    "state": text_of(State),
                    "rule": TEXT,
                    "until": INSTANT,
                    "instead_of": text_of(Channel),
                },
            ),
            key=Channel,
        ),
        **dict.fromkeys(("fingerprint", "position"), TEXT),
        **dict.fromkeys(("accepted_at", "expires_at"), INSTANT),
        "notes": list_of(Note.read),
    },
    always=("verdicts",),
)


def write(notification: Notification) -> dict[str, Attribute]:
    """Return a notification's item; what is None is left out.

    It is never too large: the contract's limits keep the largest event to about 105 KiB of the
    400 KiB that an item may have.
    """
    n = notification
    return {
        **key(n.id),
        **_NOTIFICATION.write(n),
        **_ORDER.write(n.order),
        **({"resends": number(n.resends)} if n.resends else {}),
        **links.attributes(n),
        **index_keys.attributes(n),
    }


def read(item: Item) -> Notification:
    """Return the notification that the item holds."""
    known: dict[str, Any] = dict.fromkeys(_NULLABLE)
    known |= _NOTIFICATION.read(item)
    if "resends" in item:
        known["resends"] = int(item["resends"]["N"])
    known |= links.fields(item)
    return Notification(id=id_of(item), order=OrderDetails(**_ORDER.read(item)), **known)


def write_latest_status(latest: LatestStatus) -> dict[str, Attribute]:
    """Return the item of an order's latest status on a channel."""
    return {**latest_status_key((latest.order, latest.channel)), **rank_attributes(latest)}


def rank_attributes(latest: LatestStatus) -> dict[str, Attribute]:
    """Return what changes of the item when a newer status is accepted."""
    kept = {"ttl": TTL.write(latest.kept_until)} if latest.kept_until else {}
    return {"rank": number(latest.status_rank), **kept}


def read_latest_status(item: Item) -> LatestStatus:
    """Return the latest status that the item holds."""
    return LatestStatus(
        order=item["pk"]["S"],
        channel=Channel(item["sk"]["S"].removeprefix(LATEST_STATUS_PREFIX)),
        status_rank=int(item["rank"]["N"]),
    )


def write_decision(decision: Decision) -> dict[str, Attribute]:
    """Return the item of a decision, whose ttl is years away: it outlives the rows that it promises."""
    return {
        **decision_key((decision.order, decision.event)),
        **_DECISION.write(decision),
        "ttl": TTL.write(decision.kept_until),
    }


def read_decision(item: Item) -> Decision:
    """Return the decision that the item holds."""
    event = item["sk"]["S"].removeprefix(DECISION_PREFIX)
    return Decision(order=item["pk"]["S"], event=event, **_DECISION.read(item))


def write_holds(record: HoldRecord, *, version: int) -> dict[str, Attribute]:
    """Return the item of the holds; *version* counts its changes."""
    return {
        **HOLDS_KEY,
        "holds": {"L": [_HOLD.write(each) for each in record.written]},
        "opened": {"L": [_OPENED.write(each) for each in record.opened]},
        "version": number(version),
    }


def read_holds(item: Item) -> HoldRecord:
    """Return the holds in the item, and which channels were opened."""
    return HoldRecord(
        written=tuple(_HOLD.read(each) for each in item["holds"]["L"]),
        opened=tuple(_OPENED.read(each) for each in item["opened"]["L"]),
    )
