"""Define what the audit trail keeps: who did what to a stage, when, why, and what came of it. Used by operators' commands.

An act is written twice, each time as a new item: as it is intended, before anything is done, and
once more with its outcome. So an act that was interrupted shows as one without an outcome.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

KEPT = timedelta(days=3 * 365)
"""How long an act is kept: as long as the decision that it may have changed."""

OF_MAX = 400
"""The most characters of what an act is about, and of its outcome."""


class Verb(StrEnum):
    """What operators do to a stage."""

    PAUSE = "pause"
    RESUME = "resume"
    OPEN = "open"  # a channel that was never open
    REDRIVE = "redrive"
    DROP = "drop"
    EDIT = "edit"  # a parked payload
    SHOW = "show"  # a payload, which is personal data
    SET = "set"  # a customer's record
    IMPORT = "import"  # customers, or suppressions
    SUPPRESS = "suppress"  # an address
    LIFT = "lift"  # a suppression
    FORGET = "forget"  # a customer or an address
    BUDGET = "budget"
    RESEND = "resend"  # a message, as another notification
    CANCEL = "cancel"  # messages that wait
    REPAIR = "repair"  # rollups
    RESTORE = "restore"  # a lost ledger


class Act(Struct, frozen=True, kw_only=True):
    """What is intended: the `verb`, `of` what (ids, names of holds and budgets; no address), by whom, when and why.

    `tag` tells two acts of one instant apart; `by` is the ARN of the caller's credentials, on a
    local cloud the user of the machine.
    """

    verb: Verb
    of: str
    by: str
    at: datetime
    tag: str
    reason: str = ""


class Recorded(Struct, frozen=True, kw_only=True):
    """An act and its outcome in words; None: it was interrupted, or goes on at this moment."""

    act: Act
    outcome: str | None = None


class AuditTrail(Protocol):
    """Where acts are kept, for `KEPT`. Raises `LedgerUnavailable`."""

    def intend(self, act: Act) -> None:
        """Keep an act before it is done."""
        ...

    def end(self, act: Act, outcome: str) -> None:
        """Keep what came of an act; what was kept first stays."""
        ...

    def newest(self, *, until: datetime, since: datetime, limit: int) -> list[Recorded]:
        """Return up to *limit* acts from *since* on and before *until*, the newest first."""
        ...


@dataclass(slots=True)
class Doing:
    """An act that is being done: its outcome is said here, by the code that does it."""

    outcome: str = "done"


@contextmanager
def recorded(trail: AuditTrail, act: Act) -> Iterator[Doing]:
    """Keep *act*, let it be done, keep its outcome; an act that cannot be kept is not done.

    An exception is its outcome, by type: its text may quote personal data.
    """
    trail.intend(act)
    doing = Doing()
    try:
        yield doing
    except BaseException as error:
        trail.end(act, f"failed: {type(error).__name__}")
        raise
    trail.end(act, doing.outcome)


def shortened(words: str) -> str:
    """Return *words*, or what of them an item may have."""
    return words if len(words) <= OF_MAX else f"{words[: OF_MAX - 1]}…"


def of_many(ids: list[str]) -> str:
    """Return what names several things: their number, and as many of them as fit."""
    return shortened(f"{len(ids)}: {' '.join(ids)}") if len(ids) != 1 else shortened(ids[0])
