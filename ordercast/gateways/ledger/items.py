"""The ledger's rows in, their items out, and back; the only place that knows their shapes.

An order's partition holds its notifications, one head a channel, and one mark an event; what
operators have stopped is an item of its own.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ordercast.decisions.decision import Decision, Verdict
from ordercast.decisions.lookup import DecisionKey, LatestStatusKey, Pauses
from ordercast.events.identity import HALF
from ordercast.events.order_event import Channel, Priority
from ordercast.gateways.dynamodb.table import (
    Item,
    dollars,
    millis,
    number,
    text,
    texts,
    time_from_millis,
)
from ordercast.gateways.ledger import indexes as ledger_indexes
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.notifications.notification import Notification, OrderDetails
from ordercast.notifications.status_rank import LatestStatus

SORT_KEY_PREFIX = "notification#"
LATEST_STATUS_PREFIX = "latest-status#"
DECISION_PREFIX = "decision#"

PAUSES_KEY: Item = {"pk": text("pauses"), "sk": text("pauses")}


def key(notification_id: str) -> Item:
    """Return where the notification is: its id names the partition and the row in it."""
    return {
        "pk": text(notification_id[:HALF]),
        "sk": text(SORT_KEY_PREFIX + notification_id[HALF:]),
    }


def latest_status_key(latest_status: LatestStatusKey) -> Item:
    """Return where the head of an order on a channel is."""
    return {"pk": text(latest_status[0]), "sk": text(LATEST_STATUS_PREFIX + latest_status[1])}


def decision_key(mark: DecisionKey) -> Item:
    """Return where an event's mark is."""
    return {"pk": text(mark[0]), "sk": text(DECISION_PREFIX + mark[1])}


def id_of(item: Item) -> str:
    """Return the notification id of an item or of its key."""
    return str(item["pk"]["S"]) + str(item["sk"]["S"]).removeprefix(SORT_KEY_PREFIX)


def is_notification(item: Item) -> bool:
    """Tell a notification from the other rows of its order."""
    return str(item["sk"]["S"]).startswith(SORT_KEY_PREFIX)


def is_latest_status(item: Item) -> bool:
    """Tell a head from the other rows of its order."""
    return str(item["sk"]["S"]).startswith(LATEST_STATUS_PREFIX)


def is_decision(item: Item) -> bool:
    """Tell a mark from the other rows of its order."""
    return str(item["sk"]["S"]).startswith(DECISION_PREFIX)


def is_pauses(item: Item) -> bool:
    """Tell the list of what is stopped from the rows of any order."""
    return bool(item["pk"] == PAUSES_KEY["pk"])


def write(notification: Notification) -> dict[str, Mapping[str, Any]]:
    """Return a notification's item; what is None is left out.

    It is never too large: the contract's limits keep the largest event to about 105 KiB of the
    400 KiB that an item may have.
    """
    n = notification
    strings = {
        "order_id": n.order.order_id,
        "shop": n.order.shop,
        "amount": n.order.amount,
        "tracking_url": n.order.tracking_url,
        "status": n.status,
        "channel": n.channel,
        "priority": n.priority,
        "template": n.template,
        "template_version": n.template_version,
        "locale": n.locale,
        "recipient": n.recipient,
        "customer_id": n.customer_id,
        "campaign": n.campaign,
        "consent": n.consent,
        "state": n.state,
        "rule": n.rule,
        "reserved": None if n.reserved is None else str(n.reserved),
        "owner": n.owner,
        "country": n.country,
        "cost_source": n.cost_source,
    }
    times = {
        "occurred_at": n.occurred_at,
        "accepted_at": n.accepted_at,
        "due_at": n.due_at,
        "lease_until": n.lease_until,
        "sent_at": n.sent_at,
        "delivered_at": n.delivered_at,
        "closed_at": n.closed_at,
    }
    numbers = {
        "ttl": int(n.expires_at.timestamp()),  # whole seconds, or DynamoDB ignores it
        "sweeps": n.sweeps,
        "version": n.version,
        "attempts": n.attempts,
        "resends": n.resends or None,
        "parts": n.parts,
    }
    return {
        **key(n.id),
        **{name: text(value) for name, value in strings.items() if value is not None},
        **{name: millis(value) for name, value in times.items() if value is not None},
        **{name: number(value) for name, value in numbers.items() if value is not None},
        **({} if n.cost is None else {"cost": dollars(n.cost)}),
        **({"messages": write_messages(n.messages)} if n.messages else {}),
        "items": texts(n.order.items),
        **ledger_indexes.attributes(n),
    }


def read(item: Item) -> Notification:
    """Return the notification that the item tells of."""
    return Notification(
        id=id_of(item),
        order=OrderDetails(
            order_id=item["order_id"]["S"],
            shop=_text(item, "shop"),
            amount=_text(item, "amount"),
            items=tuple(each["S"] for each in item["items"]["L"]),
            tracking_url=_text(item, "tracking_url"),
        ),
        status=item["status"]["S"],
        channel=Channel(item["channel"]["S"]),
        priority=Priority(item["priority"]["S"]),
        template=item["template"]["S"],
        template_version=item["template_version"]["S"],
        locale=item["locale"]["S"],
        recipient=_text(item, "recipient"),
        customer_id=_text(item, "customer_id"),
        campaign=_text(item, "campaign"),
        consent=_text(item, "consent"),
        state=State(item["state"]["S"]),
        rule=_text(item, "rule"),
        occurred_at=_time(item, "occurred_at"),
        accepted_at=time_from_millis(item["accepted_at"]),
        expires_at=datetime.fromtimestamp(int(item["ttl"]["N"]), UTC),
        due_at=_time(item, "due_at"),
        sweeps=int(item["sweeps"]["N"]),
        version=int(item["version"]["N"]),
        attempts=int(item["attempts"]["N"]),
        resends=_number(item, "resends") or 0,
        parts=_number(item, "parts"),
        reserved=Decimal(item["reserved"]["S"]) if "reserved" in item else None,
        owner=_text(item, "owner"),
        lease_until=_time(item, "lease_until"),
        country=_text(item, "country"),
        messages=_messages(item),
        cost=_dollars(item, "cost"),
        cost_source=CostSource(item["cost_source"]["S"]) if "cost_source" in item else None,
        sent_at=_time(item, "sent_at"),
        delivered_at=_time(item, "delivered_at"),
        closed_at=_time(item, "closed_at"),
    )


def write_messages(messages: Mapping[str, Message]) -> Mapping[str, Any]:
    """Return what is known of each message, by the id that its provider gave it."""
    return {"M": {message_id: {"M": _message(each)} for message_id, each in messages.items()}}


def write_latest_status(latest_status: LatestStatus) -> dict[str, Mapping[str, Any]]:
    """Return a head's item."""
    return {
        **latest_status_key((latest_status.order, latest_status.channel)),
        "rank": number(latest_status.status_rank),
    }


def read_latest_status(item: Item) -> LatestStatus:
    """Return the head that the item tells of."""
    return LatestStatus(
        order=item["pk"]["S"],
        channel=Channel(item["sk"]["S"].removeprefix(LATEST_STATUS_PREFIX)),
        status_rank=int(item["rank"]["N"]),
    )


def write_decision(mark: Decision) -> dict[str, Mapping[str, Any]]:
    """Return a mark's item, which has no ttl: it outlives the rows that it promises."""
    verdicts = {str(channel): _verdict(verdict) for channel, verdict in mark.verdicts.items()}
    return {
        **decision_key((mark.order, mark.event)),
        "verdicts": {"M": verdicts},
        "fingerprint": text(mark.fingerprint),
        "position": text(mark.position),
        "accepted_at": millis(mark.accepted_at),
        "expires_at": millis(mark.expires_at),
    }


def read_decision(item: Item) -> Decision:
    """Return the mark that the item tells of."""
    return Decision(
        order=item["pk"]["S"],
        event=item["sk"]["S"].removeprefix(DECISION_PREFIX),
        verdicts={
            Channel(channel): Verdict(
                state=State(verdict["M"]["state"]["S"]),
                rule=_text(verdict["M"], "rule"),
                until=_time(verdict["M"], "until"),
            )
            for channel, verdict in item["verdicts"]["M"].items()
        },
        fingerprint=item["fingerprint"]["S"],
        position=item["position"]["S"],
        accepted_at=time_from_millis(item["accepted_at"]),
        expires_at=time_from_millis(item["expires_at"]),
    )


def write_pauses(names: Iterable[str], *, version: int) -> dict[str, Mapping[str, Any]]:
    """Return the item of what is stopped; *version* counts its changes."""
    return {**PAUSES_KEY, "paused": texts(sorted(names)), "version": number(version)}


def read_pauses(item: Item) -> Pauses:
    """Return what the item says is stopped."""
    return Pauses(paused=frozenset(each["S"] for each in item["paused"]["L"]))


def _verdict(verdict: Verdict) -> Mapping[str, Any]:
    rule = {"rule": text(verdict.rule)} if verdict.rule else {}
    until = {"until": millis(verdict.until)} if verdict.until else {}
    return {"M": {"state": text(verdict.state), **rule, **until}}


def _message(message: Message) -> Mapping[str, Any]:
    return {
        "state": text(message.state),
        **({"at": millis(message.at)} if message.at else {}),
        **({"reason": text(message.reason)} if message.reason else {}),
        **({} if message.price is None else {"price": dollars(message.price)}),
    }


def _messages(item: Item) -> dict[str, Message]:
    known = item["messages"]["M"] if "messages" in item else {}
    return {
        message_id: Message(
            state=State(each["M"]["state"]["S"]),
            at=_time(each["M"], "at"),
            reason=_text(each["M"], "reason"),
            price=_dollars(each["M"], "price"),
        )
        for message_id, each in known.items()
    }


def _dollars(item: Item, name: str) -> Decimal | None:
    return Decimal(item[name]["N"]) if name in item else None


def _text(item: Item, name: str) -> str | None:
    return item[name]["S"] if name in item else None


def _number(item: Item, name: str) -> int | None:
    return int(item[name]["N"]) if name in item else None


def _time(item: Item, name: str) -> datetime | None:
    return time_from_millis(item[name]) if name in item else None
