"""Somebody's quiet hours, where they may be and the time in, when they may be disturbed out."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ordercast.people.person import QuietHours

Zones = tuple[str, ...]
"""The IANA time zones of one place, all of them known; which of them somebody is in is not."""

BOUND = timedelta(hours=26)
"""Longer than any quiet hours of one zone, also on the day on which clocks are put back."""


def quiet_until(quiet: QuietHours, *, places: Iterable[Zones], now: datetime) -> datetime | None:
    """Return the end of the quiet hours that *now* falls into, or None outside them.

    Who may be in several zones is not disturbed while it is quiet in any of them. A place that is
    so wide that it is always quiet somewhere says nothing, and the next one is asked; a single
    zone always answers.
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

    Remembered, because all of a batch is decided at one instant and in few zones.
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
    # Yesterday's night may still be on; tonight's may have begun.
    for day in (today - timedelta(days=1), today):
        spans = quiet.end <= quiet.start
        start = min(_instants(day, quiet.start, zone))
        end = max(_instants(day + timedelta(days=spans), quiet.end, zone))
        if start <= now < end:
            return end
    return None


def _instants(day: date, clock: time, zone: tzinfo) -> list[datetime]:
    """Return when the clock shows that: where it is put back, twice, and nobody is woken at either.

    In UTC, because within one zone Python compares what clocks show, not when.
    """
    shown = datetime.combine(day, clock, zone)
    return [shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
