"""Somebody's quiet hours and the time in, when they may be disturbed again out."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from notifications.person import QuietHours


def quiet_until(quiet: QuietHours, *, time_zone: str | None, now: datetime) -> datetime | None:
    """Return the end of the quiet hours that *now* falls into, or None outside them.

    An unknown zone is taken for UTC: it decides when, never whether.
    """
    zone = _zone(time_zone)
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


def _zone(name: str | None) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
