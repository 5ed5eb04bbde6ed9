"""What is known of one message that a provider took: its best fact, and its price."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from notifications.lifecycle import State


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
