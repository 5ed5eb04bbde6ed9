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
from ordercast.receipts.provider_events import place, reason
from ordercast.receipts.receipt import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One kind of event: when it first happened, and the highest price that came with it."""

    at: datetime
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
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
    facts: Mapping[str, Fact] = field(default_factory=dict)
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
                state=place(kind, self.channel).state,
                at=fact.at,
                reason=reason(kind, self.channel),
                price=fact.price,
            )
            for kind, fact in self.facts.items()
        ]
        return joined([sent, *told], self.channel)

    @property
    def delivered_at(self) -> datetime | None:
        """When it reached somebody, whatever happened afterwards."""
        return earliest(
            fact.at
            for kind, fact in self.facts.items()
            if place(kind, self.channel).state in COUNTS_AS_DELIVERED
        )


def trail_of(receipt: Receipt, *, expires_at: datetime) -> Trail:
    """Return what one receipt says."""
    return Trail(
        message_id=receipt.message_id,
        channel=receipt.channel,
        sent_at=receipt.sent_at,
        expires_at=expires_at,
        notification_id=receipt.notification_id,
        facts={receipt.kind: Fact(at=receipt.at, price=receipt.price)},
        to=receipt.to,
    )


def join(known: Trail | None, more: Trail) -> Trail:
    """Return what both say; the version and the sweeper's look stay those of what is *known*."""
    if known is None:
        return more
    whose = known.notification_id or more.notification_id
    return replace(
        known,
        notification_id=whose,
        sent_at=min(known.sent_at, more.sent_at),
        expires_at=max(known.expires_at, more.expires_at),
        facts=_both(known.facts, more.facts),
        to=None if whose else known.to or more.to,
        due_at=earliest((known.due_at, more.due_at)),
        unattributed=known.unattributed and whose is None,
    )


def fold(trails: Iterable[Trail]) -> dict[str, Trail]:
    """Return one trail a message: a bulk write takes one statement a key."""
    folded: dict[str, Trail] = {}
    for each in trails:
        folded[each.message_id] = join(folded.get(each.message_id), each)
    return folded


def at_rest(trail: Trail, *, silence: timedelta) -> Trail:
    """Return *trail* as one that the ledger has taken: due only where it may end in silence."""
    waits = trail.message.state is State.SENT
    due_at = trail.sent_at + silence if waits else None
    return replace(trail, due_at=due_at, to=None, unattributed=False)


def is_silent(trail: Trail, *, silence: timedelta, now: datetime) -> bool:
    """Tell whether nothing was said of it for longer than providers take."""
    return trail.message.state is State.SENT and trail.sent_at + silence <= now


def _both(some: Mapping[str, Fact], more: Mapping[str, Fact]) -> dict[str, Fact]:
    facts = dict(some)
    for kind, fact in more.items():
        known = facts.get(kind, fact)
        facts[kind] = Fact(at=min(known.at, fact.at), price=highest((known.price, fact.price)))
    return facts
