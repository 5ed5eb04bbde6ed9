"""Read the rollups of a period. Used by `stats`, reports, the demo and the verifier."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from ordercast.rollups.rollup import Amounts, RollupKey, hour_of

HOUR = timedelta(hours=1)


class Buckets(Protocol):
    """The stored rollups. Raises `LedgerUnavailable`."""

    def buckets(self, days: Iterable[str]) -> Mapping[RollupKey, Amounts]:
        """Return what the buckets of those days (UTC, `2026-03-02`) hold."""
        ...


class HoursOfRollups(Protocol):
    """Rollups that can be read by the hour. Raises `LedgerUnavailable`."""

    def of_hours(self, hours: Iterable[str]) -> Mapping[RollupKey, Amounts]:
        """Return what the buckets of those hours hold."""
        ...


def rollups_between(rollups: Buckets, since: datetime, until: datetime) -> dict[RollupKey, Amounts]:
    """Return the buckets of each hour of acceptance that begins from *since* on and before *until*.

    An hour's figures change while receipts come: for three days, complaints even later.
    """
    wanted = frozenset(hours(since, until))
    days = sorted({hour[: len("2026-03-02")] for hour in wanted})
    return {b: amounts for b, amounts in rollups.buckets(days).items() if b.hour in wanted}


def hours(since: datetime, until: datetime) -> list[str]:
    """Return the hours (UTC, `2026-03-02T09`) that begin from *since* on and before *until*."""
    first = since.astimezone(UTC)
    begun = first.replace(minute=0, second=0, microsecond=0)
    begun += HOUR if begun < first else timedelta()
    count = -(-(until - begun) // HOUR)
    return [hour_of(begun + number * HOUR) for number in range(max(0, count))]
