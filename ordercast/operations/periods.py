"""What --since and --until say in, moments in UTC out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from ordercast.operations.moments import moment
from ordercast.usage_error import UsageError

DAY = timedelta(days=1)

Since = Annotated[
    str | None,
    typer.Option(help="Accepted from then on, in UTC: 24h, 7d, or a date. [default: today]"),
]
Until = Annotated[
    str | None,
    typer.Option(help="Accepted before then, in UTC: a date is its beginning. [default: 24:00]"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From one moment on and before another; hours of acceptance that begin in it are meant."""

    since: datetime
    until: datetime

    def __str__(self) -> str:
        """Return it as people read it."""
        return f"{_told(self.since)} to {_told(self.until)} UTC"


def period(since: str | None, until: str | None, *, now: datetime) -> Period:
    """Return what was meant; by default today, all of it: what is deferred stands in an hour to come.

    Raises `UsageError`.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    end = today + DAY if until is None else _in_utc(until, "--until", now)
    begin = today if since is None else _in_utc(since, "--since", now)
    if begin >= end:
        raise UsageError(f"--since {_told(begin)} is not before --until {_told(end)}")
    if end - begin > _LONGEST:
        raise UsageError(f"{(end - begin).days} days are too many at once: {_LONGEST.days} at most")
    return Period(since=begin, until=end)


_LONGEST = 400 * DAY  # of days that are read one by one


def _in_utc(written: str, option: str, now: datetime) -> datetime:
    return moment(written, option=option, now=now).astimezone(UTC)


def _told(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
