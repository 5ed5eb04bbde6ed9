"""What a sender is told when it asks for a notification."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRequest:
    """A notification that a sender wants, and what sending it will take: parts, and US dollars."""

    id: str
    parts: int | None = None
    reserved: Decimal | None = None


class ClaimStatus(StrEnum):
    """Mine to send; done with; somebody is at it; or whoever was at it has not come back."""

    MINE = "mine"
    DONE = "done"
    BUSY = "busy"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The answer, and the row that it was read from."""

    answer: ClaimStatus
    row: Notification


def claim_of(row: Notification, *, owner: str, now: datetime) -> Claim:
    """Read the answer off a row that was not there to be claimed.

    `mine` although refused: the SDK repeated a call whose first answer was lost. A lapsed claim is
    never taken over, because its call may have been made.
    """
    if row.state is not State.SENDING:
        return Claim(answer=ClaimStatus.DONE, row=row)
    if row.owner == owner:
        return Claim(answer=ClaimStatus.MINE, row=row)
    lapsed = row.lease_until is None or row.lease_until <= now
    return Claim(answer=ClaimStatus.LAPSED if lapsed else ClaimStatus.BUSY, row=row)
