"""List suppressed addresses with their evidence, newest first, by the page. Used by `ordercast suppressions list`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

from msgspec import Struct

from ordercast.notifications.places import place_of
from ordercast.people.person import Person, Suppression
from ordercast.queries.messages import MOST_UNITS, PAGE
from ordercast.rollups.listed import ReadUnits
from ordercast.usage_error import UsageError


class SuppressionList(Protocol):
    """The records of suppressed addresses; a moment late. Raises `LedgerUnavailable`."""

    def suppressed(self, *, before: str, units: ReadUnits) -> Iterator[Person]:
        """Yield those before a place, newest evidence first; it is read as it is iterated."""
        ...


class SuppressedAddress(Struct, frozen=True, kw_only=True):
    """One line of the list: an address by its hash, and why nothing goes there."""

    address: str
    suppression: Suppression

    @property
    def place(self) -> str:
        """Its place in the list."""
        return place_of(self.suppression.at, self.address)


class SuppressionsPage(Struct, frozen=True, kw_only=True):
    """Suppressed addresses, newest first; `cursor` names where the next page begins, None: this was the last.

    `units` is what it took, in read units; a page ends at `MOST_UNITS`, however few were meant.
    """

    rows: tuple[SuppressedAddress, ...]
    cursor: str | None
    units: float


def suppressions(
    listed: SuppressionList,
    *,
    channel: str = "",
    reason: str = "",
    cursor: str | None = None,
    size: int = PAGE,
    most_units: float = MOST_UNITS,
) -> SuppressionsPage:
    """Return a page of up to *size*, of one channel or reason if that is named.

    Raises `UsageError` if the cursor is none of ours.
    """
    units = ReadUnits(most=most_units)
    rows: list[SuppressedAddress] = []
    behind = cursor
    for person in listed.suppressed(before=_before(cursor), units=units):
        why = person.suppressions.get(person.key)
        if why is None:  # it has ended since
            continue
        row = SuppressedAddress(address=person.key, suppression=why)
        behind = row.place
        if channel in {"", why.channel} and reason in {"", why.reason}:
            rows.append(row)
        if len(rows) == size or units.are_spent:
            break
    else:
        behind = None
    return SuppressionsPage(rows=tuple(rows), cursor=behind, units=units.taken)


def _before(cursor: str | None) -> str:
    if cursor is None:
        return _FOREVER
    try:
        datetime.fromisoformat(cursor.partition("#")[0])
    except ValueError:
        hint = "copy it from the page before"
        raise UsageError("the cursor names no place in this list", hint=hint) from None
    return cursor


_FOREVER = place_of(datetime(9999, 1, 1, tzinfo=UTC))
