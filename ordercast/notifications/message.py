"""Merge what is known of one message that a provider accepted. Used by receipts and the ledger.

Merging is a maximum: the same receipts make the same message, in any order and however often.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import rank
from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, State


class CostSource(StrEnum):
    """Where a notification's cost comes from: a receipt of the carrier, or our estimate until then."""

    CARRIER = "carrier"
    ESTIMATE = "estimate"


class Message(Struct, frozen=True, kw_only=True):
    """The highest state, since when, and why; `price` is the highest reported, in US dollars.

    The trap: 0 is a price, None is not.

    Once another try is to follow, a message is numbered (`number`, from 1), and keeps the route, parts,
    estimate and reserve (US dollars) of its own claim: those on the row are the next claim's then.
    """

    state: State
    at: datetime | None = None
    reason: str | None = None
    price: Decimal | None = None
    number: int | None = None
    route: str | None = None
    parts: int | None = None
    estimate: Decimal | None = None
    reserved: Decimal | None = None


def joined(messages: Iterable[Message], channel: Channel) -> Message:
    """Merge *messages*, at least one, which all describe the same message."""
    known = list(messages)
    best = max(known, key=lambda each: _strength(each, channel))
    same = [each for each in known if _strength(each, channel) == _strength(best, channel)]
    tried = max(known, key=lambda each: each.number or 0)
    return replace(
        tried,
        state=best.state,
        at=earliest(each.at for each in same),
        reason=best.reason,
        price=highest(each.price for each in known),
    )


def best_of(messages: Iterable[Message], channel: Channel) -> Message:
    """Return the message that decides a notification's state: a delivered one if there is one.

    The bounce of a second message does not undo the delivery of the first.
    """
    known = list(messages)
    strongest = max(_worth(each, channel) for each in known)
    return joined((each for each in known if _worth(each, channel) == strongest), channel)


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """Return the first known instant."""
    return min((each for each in moments if each is not None), default=None)


def highest(prices: Iterable[Decimal | None]) -> Decimal | None:
    """Return the highest known price."""
    return max((each for each in prices if each is not None), default=None)


def _strength(message: Message, channel: Channel) -> tuple[int, str]:
    # Between two reasons of one rank any order will do, if it is always the same.
    return rank(message.state, channel), message.reason or ""


def _worth(message: Message, channel: Channel) -> tuple[bool, int, str]:
    return (message.state in COUNTS_AS_DELIVERED, *_strength(message, channel))
