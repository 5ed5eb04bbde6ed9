"""Read --since and --until as a period in UTC. Used by stats, cost, report and verify."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ordercast.operations.moments import moment
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
    end = today + DAY if until is None else _in_utc(until, "--until", now)
    begin = today if since is None else _in_utc(since, "--since", now)
    if begin >= end:
        raise UsageError(f"--since {_written(begin)} is not before --until {_written(end)}")
    if end - begin > _LONGEST:
        raise UsageError(f"{(end - begin).days} days are too many at once: {_LONGEST.days} at most")
    return Period(since=begin, until=end)


_LONGEST = 400 * DAY  # days, which are read one by one


def _in_utc(typed: str, option: str, now: datetime) -> datetime:
    return moment(typed, option=option, now=now).astimezone(UTC)


def _written(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
