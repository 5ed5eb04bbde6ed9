"""Read a CSV of addresses that nothing is to be sent to. Used by `ordercast suppressions import`.

A line that cannot be used is named by its field, without what is in it; the others are imported.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from ordercast.events.wrapping.encodings import utf8
from ordercast.operations.named_address import NamedAddress, address_as_written
from ordercast.operations.suppressing import REASONS, NewSuppression
from ordercast.people.person import IMPORTED
from ordercast.receipts.provider_events import SuppressionReason
from ordercast.usage_error import UsageError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "address": ("address", "email", "emailaddress", "phone", "phonenumber", "number"),
    "reason": ("reason", "type", "bouncetype"),
    "at": ("at", "date", "time", "timestamp", "created", "createdat", "lastupdatetime"),
}
"""What is read, each with the names that it may have, in any spelling; other columns are left alone."""

_WORDS: Mapping[SuppressionReason, tuple[str, ...]] = {
    SuppressionReason.OPTED_OUT: ("optedout", "optout", "stop"),
    SuppressionReason.BLOCKED: ("blocked", "block"),
    SuppressionReason.BOUNCED: ("bounced", "bounce", "hardbounce", "permanent", "invalid"),
    SuppressionReason.COMPLAINED: ("complained", "complaint", "spam", "spamreport"),
    SuppressionReason.UNSUBSCRIBED: ("unsubscribed", "unsubscribe"),
    SuppressionReason.SUPPRESSION_LIST: ("suppressionlist", "suppressed"),
}
REASON_WORDS: Mapping[str, SuppressionReason] = {
    word: reason for reason, words in _WORDS.items() for word in words
}


class ReadSuppression(NamedTuple):
    """One line of a file, and what it says; or which field cannot be used, and why."""

    line: int
    suppression: NewSuppression | None
    problem: str = ""


def suppression_lines(
    content: bytes, *, reason: SuppressionReason | None, by: str, now: datetime
) -> Iterator[ReadSuppression]:
    """Yield each line below the names of columns; *reason* is that of lines without one.

    Raises `UsageError` if there is no column of addresses.
    """
    text = utf8(content).decode(errors="replace").removeprefix("\ufeff")
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    places = _places(next(rows, []))
    if "address" not in places:
        raise UsageError(
            "line 1: address: no column has that name", hint="such as: address,reason,at"
        )
    for row in rows:
        if not any(each.strip() for each in row):
            continue
        said = {name: row[at].strip() for name, at in places.items() if at < len(row)}
        try:
            read = _read(said, reason=reason, by=by, now=now)
        except _UnreadableError as error:
            yield ReadSuppression(rows.line_num, None, str(error))
        else:
            yield ReadSuppression(rows.line_num, read)


class _UnreadableError(ValueError):
    """A field that cannot be used: its name, and what is taken instead."""


def _places(names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, written in enumerate(names):
        for name, spellings in COLUMNS.items():
            if _letters(written) in spellings:
                found.setdefault(name, place)
    return found


def _read(
    said: Mapping[str, str], *, reason: SuppressionReason | None, by: str, now: datetime
) -> NewSuppression:
    named = _address(said.get("address", ""))
    why = _reason(said.get("reason", ""), reason)
    assert named.channel is not None  # noqa: S101 - only a hash has none
    if why not in REASONS[named.channel]:
        taken = ", ".join(REASONS[named.channel])
        raise _UnreadableError(f"reason: {why} is said of no {named.channel} address ({taken})")
    return NewSuppression(
        address=named.key,
        channel=named.channel,
        reason=why,
        at=_at(said.get("at", ""), now),
        by=by,
        kind=IMPORTED,
    )


def _address(written: str) -> NamedAddress:
    found = address_as_written(written)
    if found is None:
        raise _UnreadableError(
            "address: neither an e-mail address nor a number as +12065550100"
            if written
            else "address: it is empty"
        )
    return found


def _reason(written: str, otherwise: SuppressionReason | None) -> SuppressionReason:
    if not written and otherwise:
        return otherwise
    found = REASON_WORDS.get(_letters(written))
    if found is None:
        said = "unknown" if written else "it is empty, and --reason names none"
        raise _UnreadableError(f"reason: {said} (one of {', '.join(_WORDS)})")
    return found


def _at(written: str, now: datetime) -> datetime:
    """Read an instant, UTC unless it says otherwise; without one it is now."""
    if not written:
        return now
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise _UnreadableError(
            "at: no date or time as 2026-03-02 or 2026-03-02T09:30:00Z"
        ) from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at > now:
        raise _UnreadableError("at: it is in the future")
    return at.astimezone(UTC)


def _letters(written: str) -> str:
    return re.sub(r"[^a-z]", "", written.lower())
