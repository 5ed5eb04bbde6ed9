"""Tell when the quiet hours of a person end. Used by routing."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ordercast.people.person import QuietHours

Zones = tuple[str, ...]
"""The IANA time zones that one place covers; the person may be in any of them."""

BOUND = timedelta(hours=26)
"""Longer than any quiet hours in one zone, also on the day on which clocks are put back."""


def quiet_until(quiet: QuietHours, *, places: Iterable[Zones], now: datetime) -> datetime | None:
    """Return the end of the quiet hours that *now* falls into, or None outside them.

    A person who may be in several zones is not disturbed while it is quiet in any of them. A place
    so wide that it is always quiet somewhere is skipped for the next one; a single zone never is.
    """
    for zones in places:
        free_at = _free_at(quiet, zones, now)
        if free_at is not None:
            return free_at if free_at > now else None
    return None


@lru_cache(maxsize=1024)
def is_time_zone(name: str) -> bool:
    """Tell whether *name* is one of IANA's time zones."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=256)
def _free_at(quiet: QuietHours, zones: Zones, now: datetime) -> datetime | None:
    """Return from when it is quiet in none of *zones*, or None if that is not within the bound.

    Cached: a batch is decided at one instant and in few zones.
    """
    if len(zones) == 1:
        return _end(quiet, ZoneInfo(zones[0]), now) or now
    at = now
    while at <= now + BOUND:
        ends = [end for name in zones if (end := _end(quiet, ZoneInfo(name), at))]
        if not ends:
            return at
        at = max(ends)
    return None


def _end(quiet: QuietHours, zone: tzinfo, now: datetime) -> datetime | None:
    today = now.astimezone(zone).date()
    # The quiet hours that began yesterday may still last; those of today may have begun.
    for day in (today - timedelta(days=1), today):
        spans = quiet.end <= quiet.start
        start = min(_instants(day, quiet.start, zone))
        end = max(_instants(day + timedelta(days=spans), quiet.end, zone))
        if start <= now < end:
            return end
    return None


def _instants(day: date, clock: time, zone: tzinfo) -> list[datetime]:
    """Return when the clock shows that time: twice on the day on which it is put back.

    In UTC: within one zone, Python compares what clocks show, not the instants.
    """
    shown = datetime.combine(day, clock, zone)
    return [shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
