"""Tell a notification's earlier tries from the one under way, and what each may cost. Used by receipts, senders, sweeper and rollups.

Each try is a message of the same notification. Before the next one is claimed, those so far are
numbered, and keep what their own claim said.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, State
from ordercast.notifications.message import CostSource, Message
from ordercast.notifications.notification import Notification

# A try may have been called, and nobody knows its message yet.
_CALLED = frozenset({State.SENDING, State.IN_DOUBT})
# A try is to come.
_WAITS = frozenset({State.DEFERRED, State.REQUESTED, State.PARKED})
# A provider has it, and has not said how it ended.
_OPEN = frozenset({State.SENT, State.CARRIER_ACCEPTED})


def numbered(row: Notification) -> Notification:
    """Return *row* with each of its messages numbered: what the next claim writes is not theirs."""
    known = sum(each.number is not None for each in row.messages.values())
    new = sorted(i for i, each in row.messages.items() if each.number is None)
    tries = {
        i: replace(
            row.messages[i],
            number=number,
            route=row.route,
            parts=row.parts,
            estimate=row.estimate,
            reserved=row.reserved,
        )
        for number, i in enumerate(new, start=known + 1)
    }
    return replace(row, messages={**row.messages, **tries}) if tries else row


def sent_tries(row: Notification) -> list[Message]:
    """Return the messages of *row*, without those that its account could not send."""
    return [each for each in row.messages.values() if each.state is not State.DEFERRED]


def latest(row: Notification) -> list[Message]:
    """Return the messages of *row*'s last claim: one, but where a receipt's match was wrong."""
    return [each for each in row.messages.values() if each.number is None]


def is_delivered(row: Notification) -> bool:
    """Tell whether any try of *row* was delivered."""
    return any(each.state in COUNTS_AS_DELIVERED for each in row.messages.values())


def is_unsent(row: Notification) -> bool:
    """Tell whether *row*'s account could not send its last try, and no earlier one was delivered."""
    return not is_delivered(row) and all(e.state is State.DEFERRED for e in latest(row))


def last_sent_at(row: Notification) -> datetime | None:
    """Return when a provider took *row*'s last try."""
    if all(each.number is None for each in row.messages.values()):
        return row.sent_at
    return max((each.at for each in latest(row) if each.at), default=row.sent_at)


def decides(row: Notification, message: Message, *, known: Message | None) -> bool:
    """Tell whether what is now known of *message* decides *row*'s state, and not a later try.

    What is known of an earlier try neither ends a later claim nor calls back a try that is to come,
    unless it was delivered, or was sent after its account was said to be unable to.
    """
    if message.number is None or message.state in COUNTS_AS_DELIVERED:
        return True
    if row.state in _CALLED:
        return False
    sent_after_all = known is not None and known.state is State.DEFERRED is not message.state
    return sent_after_all or row.state not in _WAITS


def deciding(row: Notification) -> list[Message]:
    """Return the messages of which the best is *row*'s state: those delivered, else those still open."""
    sent = sent_tries(row)
    delivered = [each for each in sent if each.state in COUNTS_AS_DELIVERED]
    if delivered or all(each.number is None for each in sent):
        return delivered or sent
    return [each for each in sent if each.state in _OPEN] or sent


def cost_of(row: Notification) -> tuple[Decimal | None, CostSource | None]:
    """Return what the tries of *row* cost in US dollars: each at its price, else at its own estimate."""
    sent = sent_tries(row)
    costs = [each.price if each.price is not None else _estimate(row, each) for each in sent]
    known = [each for each in costs if each is not None]
    if not known:
        return None, None
    priced = all(each.price is not None for each in sent)
    return sum(known, Decimal()), CostSource.CARRIER if priced else CostSource.ESTIMATE


def may_have_cost(messages: Iterable[Message]) -> Decimal:
    """Return the most that earlier tries may cost in US dollars: their prices, else their reserves."""
    earlier = [e for e in messages if e.number is not None and e.state is not State.DEFERRED]
    costs = [each.reserved if each.price is None else each.price for each in earlier]
    return sum((each for each in costs if each is not None), Decimal())


def _estimate(row: Notification, message: Message) -> Decimal | None:
    return row.estimate if message.number is None else message.estimate
