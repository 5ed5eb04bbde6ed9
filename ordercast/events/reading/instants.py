"""Read an instant as Java, PHP, .NET, Go, Python, Ruby and databases write it. Used by the reading of events.

Each form that is taken names its zone. A number, or a time without a zone, has more than one reading.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from ordercast.events.order_event_fields import Instant
from ordercast.events.reading.unread import Unread, shape

_NO_ZONE = "a time without its zone"


def instant(value: Any) -> datetime:  # noqa: ANN401  (any JSON)
    """Return the instant in UTC. Raises `Unread`."""
    match value:
        case str():
            found = _text(value.strip())
        case bool():
            raise Unread(shape(value))
        case int() | float():
            raise Unread("a number: seconds and milliseconds since 1970 cannot be told apart")
        case {"$date": str(text)}:  # MongoDB
            found = _text(text)
        case {"date": str(text), "timezone": str(zone)}:  # PHP's DateTime
            found = _in_zone(text, zone) if "/" in zone else _text(f"{text} {zone}")
        case _:
            raise Unread(shape(value))
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise Unread("a time outside the years 1 to 9999 in UTC") from None


def _text(written: str) -> datetime:
    if match := _DATE.fullmatch(written):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(match[1]))
    if match := _ISO.fullmatch(written) or _BASIC.fullmatch(written):
        return _built(match.groupdict())
    if match := _MAIL.fullmatch(written) or _BROWSER.fullmatch(written):
        return _built({**match.groupdict(), "month": _month(match["name"])})
    if re.fullmatch(r"\d{9,16}(\.\d+)?", written):
        raise Unread("a number in a text: seconds and milliseconds since 1970 cannot be told apart")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        raise Unread("a day without a time")
    raise Unread(_NO_ZONE if _NAIVE.fullmatch(written) else f"{shape(written)} that is no time")


def _in_zone(written: str, zone: str) -> datetime:
    try:
        place, naive = ZoneInfo(zone), datetime.fromisoformat(written)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise Unread("a time in a zone that is none") from None
    once, again = (naive.replace(tzinfo=place, fold=fold) for fold in (0, 1))
    if once.utcoffset() != again.utcoffset():
        raise Unread("a time that its zone's clocks show twice, or never")
    return once


def _built(part: Mapping[str, str | None]) -> datetime:
    """Return the instant, rounded as the recommended form is: else one event would be two."""
    zone = part["zone"] or ""
    if zone.upper() in {"Z", "UTC", "GMT"}:
        zone = "+0000"
    zone = f"{zone.replace(':', ''):0<5}"
    text = (
        f"{part['year']}-{part['month']}-{int(part['day'] or 0):02}T{part['hour']}:{part['minute']}"
        f":{part['second'] or '00'}.{part.get('fraction') or '0'}{zone[:3]}:{zone[3:]}"
    )
    try:
        return msgspec.convert(text, Instant)
    except msgspec.ValidationError:
        raise Unread("a time that no calendar has") from None


def _month(name: str) -> str:
    try:
        return f"{_MONTHS.index(name.lower()) + 1:02}"
    except ValueError:
        raise Unread("a time with a month that is none") from None


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONE = r"(?P<zone>[Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)"
_CLOCK = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})"
    r"(?:[.,](?P<fraction>[0-9]{1,12}))?)?"
)
_DAY = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
# Java puts the zone's name in brackets after the offset, Go a space, its name and a reading of the
# monotonic clock; Ruby and PostgreSQL have a space or two digits of offset.
_ISO = re.compile(
    rf"{_DAY}[Tt ]{_CLOCK} ?{_ZONE}(?: [A-Z]{{1,5}})?(?: m=[+-][0-9.]+)?(?:\[[A-Za-z0-9_/+-]+\])?"
)
_BASIC = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})T"
    rf"(?P<hour>[0-9]{{2}})(?P<minute>[0-9]{{2}})(?P<second>[0-9]{{2}}){_ZONE}"
)
_NAIVE = re.compile(rf"{_DAY}[Tt ]{_CLOCK}(?: [A-Za-z_]+/[A-Za-z_/]+)?")
# RFC 5322 and HTTP, as PHP's DATE_RFC2822 and DATE_COOKIE, Python's email and Go's RFC1123Z.
_MAIL = re.compile(
    rf"(?:[A-Za-z]{{3,9}}, )?(?P<day>[0-9]{{1,2}})[ -](?P<name>[A-Za-z]{{3}})[ -](?P<year>[0-9]{{4}}) {_CLOCK} {_ZONE}"
)
# A browser's Date as text.
_BROWSER = re.compile(
    rf"[A-Za-z]{{3}} (?P<name>[A-Za-z]{{3}}) (?P<day>[0-9]{{2}}) (?P<year>[0-9]{{4}}) {_CLOCK} (?:GMT)?{_ZONE}(?: \([^()]{{1,64}}\))?"
)
# .NET: milliseconds since 1970 in UTC; the offset says only what clock was near.
_DATE = re.compile(r"/Date\((-?[0-9]{1,14})(?:[+-][0-9]{4})?\)/")
