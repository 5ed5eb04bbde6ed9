"""Keep the receipt log of one provider message. Used by the senders, the receipt tracker and the sweeper.

A receipt log holds one receipt event for each kind, so the same receipts make the same log in any
order and any number. The sender knows the notification, an SMS receipt does not: whichever is
recorded second is joined to the first.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, State
from ordercast.notifications.message import Message, earliest, highest, joined
from ordercast.notifications.notification import Notification
from ordercast.receipts.provider_events import meaning_of, reason
from ordercast.receipts.receipt import Receipt

REFUSED = "refused-"
"""How the message id begins of what a provider refused, which gave it none."""


class ReceiptEvent(Struct, frozen=True, kw_only=True):
    """One kind of event: when it first happened, and the highest price reported with it."""

    at: datetime
    price: Decimal | None = None


class ReceiptLog(Struct, frozen=True, kw_only=True):
    """What is known of one provider message, by its message id.

    `due_at` is when the sweeper looks at it. `unattributed` means that no notification was found
    for it; until one is, `to` holds the hash of the destination. `version` counts changes.
    """

    message_id: str
    channel: Channel
    sent_at: datetime
    expires_at: datetime
    notification_id: str | None = None
    receipt_events: Mapping[str, ReceiptEvent] = field(default_factory=dict)
    to: str | None = None
    due_at: datetime | None = None
    unattributed: bool = False
    version: int = 1

    @property
    def message(self) -> Message:
        """The state that the receipt events join to; a log without events is of a message sent."""
        sent = Message(state=State.SENT, at=self.sent_at)
        events = [
            Message(
                state=meaning.state,
                at=receipt_event.at,
                reason=reason(kind, self.channel),
                price=receipt_event.price if meaning.charged else Decimal(0),
            )
            for kind, receipt_event in self.receipt_events.items()
            for meaning in [meaning_of(kind, self.channel)]
        ]
        return joined([sent, *events], self.channel)

    @property
    def delivered_at(self) -> datetime | None:
        """When it was first delivered, whatever happened afterwards."""
        return earliest(
            receipt_event.at
            for kind, receipt_event in self.receipt_events.items()
            if meaning_of(kind, self.channel).state in COUNTS_AS_DELIVERED
        )


def receipt_log_of(receipt: Receipt, *, expires_at: datetime) -> ReceiptLog:
    """Return the receipt log of a single receipt."""
    return ReceiptLog(
        message_id=receipt.message_id,
        channel=receipt.channel,
        sent_at=receipt.sent_at,
        expires_at=expires_at,
        notification_id=receipt.notification_id,
        receipt_events={receipt.kind: ReceiptEvent(at=receipt.at, price=receipt.price)},
        to=receipt.to,
    )


def refusal_log(row: Notification, kind: str, *, at: datetime, expires_at: datetime) -> ReceiptLog:
    """Return the receipt log of a call that was refused, as if a receipt of that *kind* had said so.

    It costs nothing, and is due at once: what it says of the recipient counts as that of any other.
    """
    return ReceiptLog(
        message_id=f"{REFUSED}{row.id}",
        channel=row.channel,
        notification_id=row.id,
        sent_at=at,
        expires_at=expires_at,
        receipt_events={kind: ReceiptEvent(at=at, price=Decimal(0))},
        due_at=at,
    )


def join(known: ReceiptLog | None, more: ReceiptLog) -> ReceiptLog:
    """Return both logs joined; `version` stays that of *known*, `due_at` is the earlier of the two."""
    if known is None:
        return more
    whose = known.notification_id or more.notification_id
    return replace(
        known,
        notification_id=whose,
        sent_at=min(known.sent_at, more.sent_at),
        expires_at=max(known.expires_at, more.expires_at),
        receipt_events=_both(known.receipt_events, more.receipt_events),
        to=None if whose else known.to or more.to,
        due_at=earliest((known.due_at, more.due_at)),
        unattributed=known.unattributed and whose is None,
    )


def fold(receipt_logs: Iterable[ReceiptLog]) -> dict[str, ReceiptLog]:
    """Return one receipt log for each message: a bulk write takes one statement for a key."""
    folded: dict[str, ReceiptLog] = {}
    for each in receipt_logs:
        folded[each.message_id] = join(folded.get(each.message_id), each)
    return folded


def closed(receipt_log: ReceiptLog, *, receipt_timeout: timedelta) -> ReceiptLog:
    """Return *receipt_log* as merged into the ledger: due again only if its receipts may time out."""
    waits = receipt_log.message.state is State.SENT
    due_at = receipt_log.sent_at + receipt_timeout if waits else None
    return replace(receipt_log, due_at=due_at, to=None, unattributed=False)


def has_timed_out(receipt_log: ReceiptLog, *, receipt_timeout: timedelta, now: datetime) -> bool:
    """Return whether no receipt came within the receipt timeout."""
    return receipt_log.message.state is State.SENT and receipt_log.sent_at + receipt_timeout <= now


def _both(
    some: Mapping[str, ReceiptEvent], more: Mapping[str, ReceiptEvent]
) -> dict[str, ReceiptEvent]:
    receipt_events = dict(some)
    for kind, receipt_event in more.items():
        known = receipt_events.get(kind, receipt_event)
        receipt_events[kind] = ReceiptEvent(
            at=min(known.at, receipt_event.at), price=highest((known.price, receipt_event.price))
        )
    return receipt_events
