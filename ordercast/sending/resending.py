"""Decide whether an operator may have a message sent again, and draft what it is sent as. Used by `workflows.resend_message`.

What is sent again is a new notification beside the first, with a claim, price and receipts of its own.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from ordercast.decisions.audience import CONSENT_ON_RECORD
from ordercast.decisions.usable_addresses import (
    COUNTRY_CLOSED,
    NO_CONTACT,
    NOT_ALLOWED,
    NUMBER_KIND,
    is_allowed,
)
from ordercast.events.identity import resend_id
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Why
from ordercast.people.written_numbers import NumberProblem
from ordercast.receipts.unreached import unreached
from ordercast.sending.send_rules import FORGOTTEN, NO_CHANNEL

MOST_RESENDS = 5
"""So often a message is sent again at most."""

DECIDED_ONCE = frozenset({NO_CHANNEL, NUMBER_KIND, COUNTRY_CLOSED, *map(str, NumberProblem)})
"""Rules of the relay that no sender asks again: only a new event is decided about anew."""

_WITH_PROVIDER = frozenset({State.SENT, State.DELAYED, State.CARRIER_ACCEPTED})


class ResendRefusal(NamedTuple):
    """Why a message is not sent again, in a line, and what to do instead."""

    what: str
    hint: str = ""


class Family(NamedTuple):
    """A message and what an operator had it sent again as, by number from 1."""

    first: Notification
    resends: Mapping[int, Notification]


def resend_ids(first: str) -> dict[int, str]:
    """Return the ids that the resends of *first*, by id, have or would have, by number."""
    return {number: resend_id(first, number) for number in range(1, MOST_RESENDS + 1)}


def number_of_resend(row: Notification) -> int | None:
    """Return which resend of the first *row* is; None if it is none."""
    if row.resend_of is None:
        return None
    ids = resend_ids(row.resend_of)
    return next((number for number, id_ in ids.items() if id_ == row.id), None)


def refusal(
    family: Family, number: int, *, may_double: bool, allowed: tuple[str, ...]
) -> ResendRefusal | None:
    """Return why resend *number*, which is not there yet, is refused; the send rules are asked after this."""
    rows = {0: family.first, **family.resends}
    objections = chain(
        _by_number(number, len(family.resends)),
        _by_decision(family.first, allowed),
        *(_unfinished(row, n) for n, row in rows.items()),
        *(_unknown(row, n) for n, row in rows.items() if not may_double),
    )
    return next(objections, None)


def drafted_resend(first: Notification, number: int, *, now: datetime) -> Notification:
    """Return resend *number* of *first* as it is before the send rules are asked: as old as *now*.

    It asks for no fallback and is kept as long as the first, from now on.
    """
    return Notification(
        id=resend_id(first.id, number),
        order=first.order,
        status=first.status,
        channel=first.channel,
        priority=first.priority,
        template=first.template,
        locale=first.locale,
        recipient=first.recipient,
        country=first.country,
        time_zones=first.time_zones,
        customer_id=first.customer_id,
        campaign=first.campaign,
        consent=first.consent or CONSENT_ON_RECORD,
        state=State.DEFERRED,
        rule=None,
        occurred_at=first.occurred_at,
        effective_at=now,
        expires_at=now + (first.expires_at - first.effective_at),
        due_at=now,
        fallback_for=first.fallback_for,
        resend_of=first.id,
    )


def _by_number(number: int, there: int) -> Iterator[ResendRefusal]:
    if number > MOST_RESENDS:
        yield ResendRefusal(f"a message is sent again {MOST_RESENDS} times at most")
    if number > there + 1:
        yield ResendRefusal(f"there is no resend {number - 1}", f"the next is --number {there + 1}")


def _by_decision(first: Notification, allowed: tuple[str, ...]) -> Iterator[ResendRefusal]:
    if first.forgotten:
        yield ResendRefusal(f"{FORGOTTEN}: its person was forgotten, nothing of them is left")
    elif first.recipient is None:
        yield ResendRefusal(f"{first.rule or NO_CONTACT}: it has no recipient")
    elif first.state is State.SUPPRESSED and first.rule in DECIDED_ONCE:
        once = f"{first.rule}: it was suppressed by a rule that is asked once"
        yield ResendRefusal(once, "put a new event, if that has changed")
    elif not is_allowed(first.recipient, allowed):
        yield ResendRefusal(f"{NOT_ALLOWED}: this stage may not write to its recipient")


def _unfinished(row: Notification, number: int) -> Iterator[ResendRefusal]:
    """Yield why nothing is to be sent again while *row*, the first (0) or a resend, is not finished."""
    which, nothing = _named(number), "nothing to resend yet"
    if row.state in {State.DEFERRED, State.REQUESTED}:
        rule = f" ({row.rule})" if row.rule else ""
        yield ResendRefusal(f"{nothing}: {which} still waits{rule}")
    elif row.state is State.SENDING:
        yield ResendRefusal(f"{nothing}: a sender has claimed {which}", "try again in a moment")
    elif row.state is State.PARKED:
        yield ResendRefusal(f"{nothing}: {which} is parked", f"parked redrive {row.id}")
    elif row.due_at and unreached(row):
        about = f"{nothing}: the sweeper is about to decide on another try of {which}"
        yield ResendRefusal(about, "try again in a minute")


def _unknown(row: Notification, number: int) -> Iterator[ResendRefusal]:
    """Yield why *row* may arrive yet, or have arrived without a word."""
    hint = "--may-double sends it all the same: then it may come twice"
    if row.state is State.UNCONFIRMED and row.rule == Why.RESTORED:
        said = f"{_named(number)} may have been sent before the ledger was lost"
        yield ResendRefusal(said, hint)
    elif row.state is State.IN_DOUBT:
        said = f"{_named(number)} is in doubt: nobody knows whether it was sent"
        yield ResendRefusal(said, hint)
    elif row.state in _WITH_PROVIDER:
        state = row.state.replace("_", " ")
        yield ResendRefusal(f"{_named(number)} is {state}: it may arrive yet", hint)


def _named(number: int) -> str:
    return f"its resend {number}" if number else "it"
