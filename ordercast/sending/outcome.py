"""What a provider answered a send with, and so what the ledger is told of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from ordercast.notifications.lifecycle import FINAL, State
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.receipts.merge import told
from ordercast.sending.backoff import MAX_ATTEMPTS, OUT_OF_ATTEMPTS
from ordercast.templates import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One claimed notification and its words, ready for the provider."""

    notification: Notification
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The state that a send ends in; make it with one of the five below.

    Without `called` nothing was asked of the provider: that was no attempt.
    """

    state: State
    message_id: str | None = None
    reason: str | None = None
    called: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The end of a claim; the ledger takes it only from the claim's owner."""

    notification: Notification
    owner: str
    outcome: Outcome
    at: datetime


def accepted(message_id: str) -> Outcome:
    """Say that the provider took the message, under the id its receipts will carry."""
    return Outcome(state=State.SENT, message_id=message_id)


def refused(reason: str) -> Outcome:
    """Say that the provider will never take this message."""
    return Outcome(state=State.FAILED, reason=reason)


def not_now(reason: str) -> Outcome:
    """Say that the provider certainly did not take it: it goes back to wait for another try."""
    return Outcome(state=State.REQUESTED, reason=reason)


def not_called(reason: str) -> Outcome:
    """Say that the provider was not even asked: the claim is given back, and counts for nothing."""
    return Outcome(state=State.REQUESTED, reason=reason, called=False)


def unknown(reason: str) -> Outcome:
    """Say that it may have happened: in doubt, and nothing sends it again by itself."""
    return Outcome(state=State.IN_DOUBT, reason=reason)


def settled(row: Notification, settlement: Settlement) -> Notification:
    """Return *row*, as it is by now, with the end of its owner's claim; not another's.

    Where a receipt was faster its word stands, and a message id is added. Where the claim has
    lapsed meanwhile, who held it knows better than the doubt that it left.
    """
    outcome, at = settlement.outcome, settlement.at
    if row.owner != settlement.owner:
        return row
    if outcome.message_id:
        return told(row, outcome.message_id, Message(state=State.SENT, at=at), sent_at=at)
    if row.state not in {State.SENDING, State.IN_DOUBT}:
        return row
    ends = outcome.state in FINAL
    doubtful = outcome.state is State.IN_DOUBT
    return replace(
        row,
        state=outcome.state,
        rule=outcome.reason,
        attempts=row.attempts if outcome.called else row.attempts - 1,
        lease_until=None,
        sent_at=at if doubtful else row.sent_at if row.resends else None,
        closed_at=at if ends else None,
        due_at=None if ends else row.due_at,
    )


def counted(outcome: Outcome, row: Notification) -> Outcome:
    """Return what a send of *row* ends in: out of attempts, it waits for an operator.

    What was sent before, and may have arrived, is as much in doubt as it was.
    """
    if outcome.called and outcome.state is State.REQUESTED and row.attempts >= MAX_ATTEMPTS:
        outcome = Outcome(state=State.PARKED, reason=OUT_OF_ATTEMPTS)
    if row.resends and outcome.state in {State.PARKED, State.FAILED}:
        return replace(outcome, state=State.IN_DOUBT)
    return outcome
