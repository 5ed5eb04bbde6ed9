"""Claims of notifications: the request, and its status. Used by senders and the ledger."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.route_reason import RouteReason
from ordercast.notifications.tries import may_have_cost


class ClaimRequest(Struct, frozen=True, kw_only=True):
    """A notification to be claimed, with its parts, and its expected cost and ceiling in US dollars.

    The ceiling is reserved: it is the most that the message may cost. With *drawn*, US dollars were
    drawn from budgets for it: the claim adds them to `drawn_before`, and is refused if another claim
    has drawn meanwhile. The claim writes *template_version*: what is sent was made from it,
    and pins *route*, by its key (None: the channel's first; routes.py), with the reason (None: it is the stage's usual).
    """

    id: str
    parts: int | None = None
    estimate: Decimal | None = None
    reserved: Decimal | None = None
    drawn: Decimal = Decimal()
    drawn_before: Decimal | None = None
    template_version: str | None = None
    route: str | None = None
    route_reason: RouteReason | None = None


def drawn_after(request: ClaimRequest) -> Decimal:
    """Return what all claims of the notification have drawn, with this one."""
    return (request.drawn_before or Decimal()) + request.drawn


def needed_for(row: Notification, request: ClaimRequest) -> Decimal:
    """Return what a claim takes of budgets, in US dollars: never below 0.

    That is its ceiling and those of claims whose call may have been made, less what is drawn already;
    of earlier tries it is the price, once that is known.
    """
    ceiling = (request.reserved or Decimal()) * (1 + row.resends)
    ceiling += may_have_cost(row.messages.values())
    return max(Decimal(), ceiling - (row.drawn or Decimal()))


class ClaimStatus(StrEnum):
    """Claimed by us; no longer to be sent; claimed by another; or that claim's lease has ended."""

    MINE = "mine"
    DONE = "done"
    BUSY = "busy"
    LAPSED = "lapsed"


class Claim(Struct, frozen=True, kw_only=True):
    """The status of a claim request, and the row that it was read from."""

    status: ClaimStatus
    row: Notification


def claim_of(row: Notification, *, owner: str, now: datetime) -> Claim:
    """Return the status of a claim that the ledger refused, by the row as it is.

    It may be ours all the same: the SDK repeats a call whose answer was lost. A lapsed claim is
    never taken over, because its provider call may have been made.
    """
    if row.state is not State.SENDING:
        return Claim(status=ClaimStatus.DONE, row=row)
    if row.owner == owner:
        return Claim(status=ClaimStatus.MINE, row=row)
    lapsed = row.lease_until is None or row.lease_until <= now
    return Claim(status=ClaimStatus.LAPSED if lapsed else ClaimStatus.BUSY, row=row)
