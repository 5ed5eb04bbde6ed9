"""Receipts of one provider message in, its trail out: whose it is, and everything said of it.

A trail is a set of facts, one for each kind of event, so that the same receipts make the same
trail in any order and however often they come. Whoever comes first, the sender that knows whose
the message is or a receipt that does not, leaves what it knows; whoever comes second joins it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, State
from ordercast.notifications.message import Message, earliest, highest, joined
from ordercast.receipts.provider_events import meaning_of, reason
from ordercast.receipts.receipt import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptEvent:
    """One kind of event: when it first happened, and the highest price that came with it."""

    at: datetime
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLog:
    """What is known of a provider's message, by its id.

    `due_at` is when the sweeper looks at it: it waits for its end, or for whoever it belongs to.
    `unattributed` is one that nobody turned out to have sent; `to` the hash of where it went, while
    it belongs to nobody. `version` counts changes.
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
        """What the facts come to; that there is one at all says that a provider took the message."""
        sent = Message(state=State.SENT, at=self.sent_at)
        told = [
            Message(
                state=meaning_of(kind, self.channel).state,
                at=receipt_event.at,
                reason=reason(kind, self.channel),
                price=receipt_event.price,
            )
            for kind, receipt_event in self.receipt_events.items()
        ]
        return joined([sent, *told], self.channel)

    @property
    def delivered_at(self) -> datetime | None:
        """When it reached somebody, whatever happened afterwards."""
        return earliest(
            receipt_event.at
            for kind, receipt_event in self.receipt_events.items()
            if meaning_of(kind, self.channel).state in COUNTS_AS_DELIVERED
        )


def receipt_log_of(receipt: Receipt, *, expires_at: datetime) -> ReceiptLog:
    """Return what one receipt says."""
    return ReceiptLog(
        message_id=receipt.message_id,
        channel=receipt.channel,
        sent_at=receipt.sent_at,
        expires_at=expires_at,
        notification_id=receipt.notification_id,
        receipt_events={receipt.kind: ReceiptEvent(at=receipt.at, price=receipt.price)},
        to=receipt.to,
    )


def join(known: ReceiptLog | None, more: ReceiptLog) -> ReceiptLog:
    """Return what both say; the version and the sweeper's look stay those of what is *known*."""
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
    """Return one trail a message: a bulk write takes one statement a key."""
    folded: dict[str, ReceiptLog] = {}
    for each in receipt_logs:
        folded[each.message_id] = join(folded.get(each.message_id), each)
    return folded


def closed(receipt_log: ReceiptLog, *, receipt_timeout: timedelta) -> ReceiptLog:
    """Return *trail* as one that the ledger has taken: due only where it may end in silence."""
    waits = receipt_log.message.state is State.SENT
    due_at = receipt_log.sent_at + receipt_timeout if waits else None
    return replace(receipt_log, due_at=due_at, to=None, unattributed=False)


def has_timed_out(receipt_log: ReceiptLog, *, receipt_timeout: timedelta, now: datetime) -> bool:
    """Tell whether nothing was said of it for longer than providers take."""
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
