"""Outcomes of provider calls, and how they settle a claim. Used by senders, providers and the ledger."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, structs

from ordercast.notifications.fallback import ends_unheard
from ordercast.notifications.lifecycle import FINAL, State
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.notifications.tries import sent_tries
from ordercast.receipts.merge import merge_message
from ordercast.receipts.receipt_log import REFUSED
from ordercast.sending.backoff import MAX_ATTEMPTS, OUT_OF_ATTEMPTS
from ordercast.templates.words import Words


class BackPressure(StrEnum):
    """What a provider takes no message for, at the moment: a limit that passes by itself, or not."""

    RATE = "rate"  # throttling
    OUTAGE = "outage"  # nothing listens
    QUOTA = "quota"  # used up: none until its day has passed
    ACCOUNT = "account"  # a person has to mend something


ORIGINATION_MISSING = "origination-missing"
"""The reason of trouble with one country: no origination for it is registered."""

DAILY_QUOTA = "daily-quota"
"""The reason of what waits for a used-up quota of 24 hours."""


class Outgoing(Struct, frozen=True, kw_only=True):
    """One claimed notification and its rendered text, ready for the provider.

    `not_before` is the slot of its call; None is at once.
    """

    notification: Notification
    words: Words
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The state that a send ends in; made by one of the six functions below.

    What the provider did not judge (`judged` False) was no attempt; `back_pressure` is its kind,
    None where we did not call. A refusal that says something of the recipient `proves` it, by the kind of
    the receipt that says the same (receipts/provider_events.py). `took` is from the slot of the call to its end, None without a call.
    """

    state: State
    message_id: str | None = None
    reason: str | None = None
    judged: bool = True
    back_pressure: BackPressure | None = None
    proves: str | None = None
    took: timedelta | None = field(default=None, compare=False)


class Settlement(Struct, frozen=True, kw_only=True):
    """The end of a claim; the ledger accepts it only from the claim's owner."""

    notification: Notification
    owner: str
    outcome: Outcome
    at: datetime


def accepted(message_id: str) -> Outcome:
    """Return that the provider accepted the message; its receipts will carry this id."""
    return Outcome(state=State.SENT, message_id=message_id)


def refused(reason: str, *, proves: str | None = None) -> Outcome:
    """Return that the provider will never accept this message, and what that *proves*."""
    return Outcome(state=State.FAILED, reason=reason, proves=proves)


def not_now(reason: str) -> Outcome:
    """Return that the provider certainly did not accept it: it waits for another attempt."""
    return Outcome(state=State.REQUESTED, reason=reason)


def not_called(reason: str) -> Outcome:
    """Return that the provider was not called: the claim is released and is no attempt."""
    return Outcome(state=State.REQUESTED, reason=reason, judged=False)


def back_pressure(reason: str, *, kind: BackPressure = BackPressure.RATE) -> Outcome:
    """Return that the provider takes no message at the moment: it waits for room, and is no attempt."""
    return Outcome(state=State.REQUESTED, reason=reason, judged=False, back_pressure=kind)


def unknown(reason: str) -> Outcome:
    """Return that the message may have been sent: it is in doubt, and not resent by itself."""
    return Outcome(state=State.IN_DOUBT, reason=reason)


def settled(row: Notification, settlement: Settlement) -> Notification:
    """Return *row*, as it is by now, settled; unchanged if another owner holds the claim.

    A state that a receipt has set meanwhile stays, and the message id is added. If the claim has
    lapsed, its owner's outcome replaces the doubt.
    """
    outcome, at = settlement.outcome, settlement.at
    if row.owner != settlement.owner:
        return row
    if outcome.message_id:
        return merge_message(row, outcome.message_id, Message(state=State.SENT, at=at), sent_at=at)
    if row.state not in {State.SENDING, State.IN_DOUBT}:
        return _settled_beside(row, outcome, at)
    if outcome.state is State.FAILED and sent_tries(row):
        # An earlier try was taken: this one counts beside it.
        refusal = Message(state=State.FAILED, at=at, reason=outcome.reason, price=Decimal())
        return merge_message(row, f"{REFUSED}{row.id}", refusal, sent_at=None)
    ends = outcome.state in FINAL
    doubtful = outcome.state is State.IN_DOUBT
    return structs.replace(
        row,
        state=outcome.state,
        rule=outcome.reason,
        attempts=row.attempts if outcome.judged else row.attempts - 1,
        held_by=None,
        lease_until=None,
        in_doubt_since=at if doubtful else row.in_doubt_since if row.resends else None,
        closed_at=at if ends else None,
        due_at=_due_at(row, outcome, at) if ends else row.due_at,
    )


def _settled_beside(row: Notification, outcome: Outcome, at: datetime) -> Notification:
    """Return *row*, of which an earlier try was delivered during the call, without the lease of this one."""
    if row.lease_until is None:
        return row
    doubtful = outcome.state is State.IN_DOUBT
    return structs.replace(row, lease_until=None, in_doubt_since=at if doubtful else None)


def _due_at(row: Notification, outcome: Outcome, at: datetime) -> datetime | None:
    """Return when a row that ended is due: at once, if its fallback is to be entered."""
    return at if ends_unheard(row, outcome.state) else None


def limit_attempts(outcome: Outcome, row: Notification) -> Outcome:
    """Return *outcome* with the limit of attempts applied: the last one parks the notification.

    A resent notification stays in doubt instead, because its first message may have arrived.
    """
    if outcome.judged and outcome.state is State.REQUESTED and row.judged >= MAX_ATTEMPTS:
        outcome = replace(outcome, state=State.PARKED, reason=OUT_OF_ATTEMPTS)
    if row.resends and outcome.state in {State.PARKED, State.FAILED}:
        return replace(outcome, state=State.IN_DOUBT)
    return outcome
