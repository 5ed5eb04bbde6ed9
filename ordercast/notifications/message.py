"""What is known of one message that a provider took in, joined with more; its best fact and its price.

Joining is a maximum: in any order, and however often, the same facts make the same message.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, State, rank


class CostSource(StrEnum):
    """Whose word a notification's cost is: the carrier's, or our estimate while it is silent."""

    CARRIER = "carrier"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The strongest fact about it, since when, and why; `price` is the highest named, in US dollars.

    The trap: 0 is a price, None is not.
    """

    state: State
    at: datetime | None = None
    reason: str | None = None
    price: Decimal | None = None


def joined(messages: Iterable[Message], channel: Channel) -> Message:
    """Return what all of these say of one message; there is at least one."""
    told = list(messages)
    best = max(told, key=lambda each: _strength(each, channel))
    same = [each for each in told if _strength(each, channel) == _strength(best, channel)]
    return Message(
        state=best.state,
        at=earliest(each.at for each in same),
        reason=best.reason,
        price=highest(each.price for each in told),
    )


def best_of(messages: Iterable[Message], channel: Channel) -> Message:
    """Return the one that a notification stands for: what reached somebody has reached them.

    A second message that bounced takes nothing from the first one's delivery.
    """
    told = list(messages)
    strongest = max(_worth(each, channel) for each in told)
    return joined((each for each in told if _worth(each, channel) == strongest), channel)


def earliest(moments: Iterable[datetime | None]) -> datetime | None:
    """Return the first of those instants that are known."""
    return min((each for each in moments if each is not None), default=None)


def highest(prices: Iterable[Decimal | None]) -> Decimal | None:
    """Return the highest of those prices that are known."""
    return max((each for each in prices if each is not None), default=None)


def _strength(message: Message, channel: Channel) -> tuple[int, str]:
    # Of two reasons of one rank either would do, as long as it is always the same one.
    return rank(message.state, channel), message.reason or ""


def _worth(message: Message, channel: Channel) -> tuple[bool, int, str]:
    return (message.state in COUNTS_AS_DELIVERED, *_strength(message, channel))
