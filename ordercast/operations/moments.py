"""Parse a span or a time that was typed. Used by commands with --since, --until, --from or --to."""

from datetime import UTC, datetime, timedelta

from ordercast.usage_error import UsageError

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def span(since: str, until: str | None, *, now: datetime) -> tuple[datetime, datetime]:
    """Read --from and --to, which is *now* where it is not given."""
    begin = moment(since, option="--from", now=now)
    end = now if until is None else moment(until, option="--to", now=now)
    if begin >= end:
        raise UsageError("--from is not before --to")
    return begin, end


def moment(written: str, *, option: str, now: datetime) -> datetime:
    """Read a span back from *now* (30m, 36h, 7d) or a time of ISO 8601, in UTC if it has no zone."""
    unit = _UNITS.get(written[-1:])
    try:
        if unit and written[:-1].isdecimal():
            return now - int(written[:-1]) * unit
        read = datetime.fromisoformat(written)
    except (ValueError, OverflowError):
        message = f"{option}: {written} is neither a span (30m, 36h, 7d) nor a time (2026-11-02)"
        raise UsageError(message) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
