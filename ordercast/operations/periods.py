"""Parse a time, a span or a period that was typed. Used by commands with --since, --until, --from or --to."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ordercast.usage_error import UsageError

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A half-open interval; it has the hours of acceptance that begin in it."""

    since: datetime
    until: datetime

    def __str__(self) -> str:
        """Return it for a person."""
        return f"{_written(self.since)} to {_written(self.until)} UTC"


def period(since: str | None, until: str | None, *, now: datetime) -> Period:
    """Return the period; by default the whole of today, since deferred messages count in later hours.

    Raises `UsageError`.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    end = today + DAY if until is None else moment(until, option="--until", now=now)
    begin = today if since is None else moment(since, option="--since", now=now)
    if begin >= end:
        raise UsageError(f"--since {_written(begin)} is not before --until {_written(end)}")
    if end - begin > _LONGEST:
        raise UsageError(f"{(end - begin).days} days are too many at once: {_LONGEST.days} at most")
    return Period(since=begin, until=end)


_LONGEST = 400 * DAY  # days, which are read one by one


def _written(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"


_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def span(since: str, until: str | None, *, now: datetime) -> tuple[datetime, datetime]:
    """Read --from and --to, which is *now* where it is not given."""
    begin = moment(since, option="--from", now=now)
    end = now if until is None else moment(until, option="--to", now=now)
    if begin >= end:
        raise UsageError("--from is not before --to")
    return begin, end


def moment(written: str, *, option: str, now: datetime) -> datetime:
    """Read a span back from *now* (30m, 36h, 7d) or a time of ISO 8601; without a zone it is in UTC.

    The result is in UTC. Raises `UsageError`.
    """
    unit = _UNITS.get(written[-1:])
    try:
        if unit and written[:-1].isdecimal():
            read = now - int(written[:-1]) * unit
        else:
            read = datetime.fromisoformat(written)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"{option}: {written} is neither a span (30m, 36h, 7d) nor a time (2026-11-02)"
        raise UsageError(message) from None
