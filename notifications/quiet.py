"""Somebody's quiet hours and the time in, when they may be disturbed again out."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from notifications.person import QuietHours


def quiet_until(quiet: QuietHours, *, time_zone: str | None, now: datetime) -> datetime | None:
    """Return the end of the quiet hours that *now* falls into, or None outside them.

    An unknown zone is taken for UTC: it decides when, never whether.
    """
    zone = _zone(time_zone)
    local = now.astimezone(zone)
    # Yesterday's night may still be on; tonight's may have begun.
    for day in (local.date() - timedelta(days=1), local.date()):
        start = datetime.combine(day, quiet.start, zone)
        end = datetime.combine(day, quiet.end, zone)
        if quiet.end <= quiet.start:
            end = datetime.combine(day + timedelta(days=1), quiet.end, zone)
        if start <= local < end:
            return end.astimezone(now.tzinfo)
    return None


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
