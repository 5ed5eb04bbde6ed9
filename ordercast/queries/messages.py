"""List messages by a filter, newest first, by the page, with a bound on what is read. Used by commands and console."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from ordercast.notifications.places import place_of
from ordercast.queries.message_filter import MessageFilter
from ordercast.queries.ports import CountedList, LedgerLists
from ordercast.rollups.listed import ListedNotification, ReadUnits
from ordercast.rollups.rollup import hour_of
from ordercast.usage_error import UsageError

PAGE = 50
MOST_UNITS = 500
"""Read units after which a page ends, however few were found: a rare filter says how far it looked."""

LATE = timedelta(days=4)
"""How long after it was accepted a message may fail: the longest wait for a receipt, and a day more."""

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class Lists(Struct, frozen=True, kw_only=True):
    """The ports that lists are read from."""

    counted: CountedList
    ledger: LedgerLists


class Page(Struct, frozen=True, kw_only=True):
    """Rows, newest first; a list of failures is by the day of failure first.

    `cursor` names where the next page begins; None: this was the last one. `units` is what the page
    took (read units), `looked_back_to` the time of the oldest row that was looked at: all that are
    meant and newer have been listed.
    """

    rows: tuple[ListedNotification, ...]
    cursor: str | None
    units: float
    looked_back_to: datetime


def messages(
    asked: MessageFilter,
    lists: Lists,
    *,
    now: datetime,
    cursor: str | None = None,
    size: int = PAGE,
    most_units: float = MOST_UNITS,
) -> Page:
    """Return a page of up to *size* messages; raises `UsageError` if the cursor is none of ours."""
    wanted, units = asked.shortened(), ReadUnits(most=most_units)
    rows: list[ListedNotification] = []
    behind, looked = cursor, wanted.until
    for step in _steps(wanted, lists, units, now, cursor):
        behind, looked = step.cursor, step.looked_back_to
        if step.row and wanted.means(step.row):
            rows.append(step.row)
        if len(rows) == size or units.are_spent:
            break
    else:
        behind, looked = None, wanted.since
    return Page(rows=tuple(rows), cursor=behind, units=units.taken, looked_back_to=looked)


class _Step(NamedTuple):
    """What was looked at: a row, or an hour or day to its beginning; and the cursor behind it."""

    cursor: str
    looked_back_to: datetime
    row: ListedNotification | None = None


def _steps(
    wanted: MessageFilter, lists: Lists, units: ReadUnits, now: datetime, cursor: str | None
) -> Iterator[_Step]:
    """Yield what is looked at in the list that is the cheapest for the filter."""
    if cursor:
        _insist_on(cursor, _DAYS_PLACE if wanted.are_failures else _PLACE)
    before = cursor or place_of(wanted.until)
    if wanted.customer:
        return _of_one(
            lists.ledger.of_customer(wanted.customer, before=before, units=units), wanted
        )
    if wanted.address:
        return _of_one(lists.ledger.of_address(wanted.address, before=before, units=units), wanted)
    if wanted.are_failures:
        return _failures(wanted, lists.ledger, units, now, cursor)
    return _hours(wanted, lists.counted, units, before)


def _of_one(rows: Iterator[ListedNotification], wanted: MessageFilter) -> Iterator[_Step]:
    for row in rows:
        if row.at < wanted.since:
            return
        yield _Step(row.place, row.at, row)


def _hours(
    wanted: MessageFilter, counted: CountedList, units: ReadUnits, before: str
) -> Iterator[_Step]:
    """Walk back by the hour; only behind an empty one the rollups are asked which is the next."""
    hour, first = _last_hour(before), hour_of(wanted.since)
    while hour >= first:
        empty = True
        for row in counted.of_hour(hour, before=before, units=units):
            empty = False
            yield _Step(row.place, row.at, row)
        begins = _begin(hour)
        yield _Step(f"{hour}:", begins)
        hour = hour_of(begins - _HOUR)
        while empty and hour >= first:
            found = counted.newest_hour(hour, units=units)
            if found:
                hour = found
                break
            begins = _begin(f"{hour[:10]}T00")
            yield _Step(f"{hour[:10]}T00:", begins)
            hour = hour_of(begins - _HOUR)


def _last_hour(before: str) -> str:
    """Return the hour in which the newest before a place may stand: at its very beginning, the one before."""
    hour, _, behind = before.partition(":")
    return hour_of(_begin(hour) - _HOUR) if behind in _BEGINNING else hour


_BEGINNING = ("", "00:00.000#")


def _failures(
    wanted: MessageFilter, ledger: LedgerLists, units: ReadUnits, now: datetime, cursor: str | None
) -> Iterator[_Step]:
    """Walk back by the day of failure: a message fails when it is accepted, or days later."""
    day = min(now, wanted.until + LATE).astimezone(UTC).date()
    before = place_of(wanted.until)
    if cursor:
        written, _, before = cursor.partition("|")
        day = date.fromisoformat(written)
    while day >= wanted.since.astimezone(UTC).date():
        rows = ledger.failed(wanted.states, day, before=before, units=units) if before else ()
        for row in rows:
            if row.at < wanted.since:
                break
            yield _Step(f"{day}|{row.place}", row.at, row)
        yield _Step(f"{day}|", datetime(day.year, day.month, day.day, tzinfo=UTC))
        day, before = day - _DAY, place_of(wanted.until)


def _begin(hour: str) -> datetime:
    return datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC)


_PLACE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d):(\d\d:\d\d\.\d{3}#[\w-]*)?")
_DAYS_PLACE = re.compile(r"(\d{4}-\d\d-\d\d)\|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}#[\w-]*)?")


def _insist_on(cursor: str, form: re.Pattern[str]) -> None:
    """Refuse a cursor that a list of this kind never gave."""
    matched = form.fullmatch(cursor)
    try:
        datetime.fromisoformat(matched[1] if matched else "")
    except ValueError:
        hint = "copy it from the page before, with the same filter"
        raise UsageError("the cursor names no place in this list", hint=hint) from None
