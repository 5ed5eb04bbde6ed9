"""Share out the rate of one origination between any number of senders. Used by the senders and the sweeper.

A bucket is a line of slots, one a unit (a part of a text, a recipient of an e-mail), `1 / rate`
apart. A sender draws the next slots for a wave and makes each call at its own slot. Nobody may draw
further ahead than a horizon, which is longer for high priority: so high-priority messages go
first. Their own line, at 90 % of the rate, leaves the rest to normal ones.

The item is written by conditional increments, not by compare-and-set: fifty senders that draw at
the same moment all succeed at once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil, exp

from msgspec import Struct
from msgspec.structs import replace

Wait = Callable[[datetime], None]
"""A port: return at that time, or at once if it is over."""

WAVE = 25
"""The most units of one draw; also the size of a bulk call, and of what a crash leaves in doubt."""

NORMAL_HORIZON = timedelta(seconds=1.5)
HIGH_HORIZON = timedelta(seconds=6)
HIGH_SHARE = 0.9

WAVE_SPAN = 1.25  # seconds of slots in one wave, below NORMAL_HORIZON: two senders alternate

_CUT = 0.93
_CUT_EVERY = timedelta(seconds=2)
_REGAINED = 0.0015  # of the rate, a second: slowly, near to what the provider takes
_MOST_REGAINED = 8.0  # in this exponent: far more than _SLOWEST needs
_SLOWEST = 0.02  # of the limit: what throttling never goes below


class Bucket(Struct, frozen=True, kw_only=True):
    """The line of one origination, as last written; times are UTC.

    `rate` is in units a second, as found at `rate_at`. The provider itself says what it takes `most`,
    in units a second for this stage, and how many units are `left` of its day; None where it says
    nothing. A provider that is down changes nothing here (pacing/breaker.py).
    """

    key: str
    next_slot: datetime
    next_high_slot: datetime
    rate: float
    rate_at: datetime
    most: float | None = None
    left: int | None = None


class Move(Struct, frozen=True, kw_only=True):
    """One line's step: by `by`, from `now` if the line lies before it (`restart`), else as far as `latest`.

    A move is refused where the line lies otherwise by the time it is written.
    """

    by: timedelta
    now: datetime
    latest: datetime
    restart: bool

    def holds(self, slot: datetime) -> bool:
        """Whether the line, at *slot*, may be moved so."""
        return slot < self.now if self.restart else self.now <= slot <= self.latest

    def moved(self, slot: datetime) -> datetime:
        """Return where the line is afterwards."""
        return (self.now if self.restart else slot) + self.by


class Draw(Struct, frozen=True, kw_only=True):
    """A draw of slots, to be written where the bucket is still of that `rate_at`.

    `slot` moves the line that all share; `high_slot` that of high priority, if it is a draw of it.
    """

    key: str
    rate_at: datetime
    units: int
    every: timedelta
    slot: Move
    high_slot: Move | None = None

    def drawn(self, bucket: Bucket) -> Bucket | None:
        """Return *bucket* after this draw; None where it is refused."""
        if bucket.rate_at != self.rate_at or not self.slot.holds(bucket.next_slot):
            return None
        high = self.high_slot
        if high and not high.holds(bucket.next_high_slot):
            return None
        return replace(
            bucket,
            next_slot=self.slot.moved(bucket.next_slot),
            next_high_slot=high.moved(bucket.next_high_slot) if high else bucket.next_high_slot,
        )

    def slots(self, after: Bucket) -> list[datetime]:
        """Return when each unit goes out; *after* is the bucket that this draw left."""
        first = after.next_slot - self.slot.by
        return [first + self.every * each for each in range(self.units)]


def fresh(key: str, *, limit: float, now: datetime) -> Bucket:
    """Return a bucket that nobody has drawn from; *limit* is in units a second."""
    return Bucket(key=key, next_slot=now, next_high_slot=now, rate=limit, rate_at=now)


def rate_of(bucket: Bucket, *, limit: float, now: datetime) -> float:
    """Return the rate by now, in units a second: after a cut it returns slowly to *limit*."""
    limit = _within(limit, bucket)
    waited = max(0.0, (now - bucket.rate_at).total_seconds())
    return min(limit, bucket.rate * exp(min(_REGAINED * waited, _MOST_REGAINED)))


def wave_units(rate: float) -> int:
    """Return how many units one wave draws at *rate* units a second."""
    return min(WAVE, max(1, ceil(WAVE_SPAN * rate)))


def draw(bucket: Bucket, units: int, *, limit: float, high: bool, now: datetime) -> Draw | datetime:
    """Return the draw of *units*, or when there is room for it."""
    every = timedelta(seconds=1 / rate_of(bucket, limit=limit, now=now))
    horizon = HIGH_HORIZON if high else NORMAL_HORIZON
    lines = [bucket.next_slot, *([bucket.next_high_slot] if high else [])]
    if max(lines) > now + horizon:
        return max(lines) - horizon
    return Draw(
        key=bucket.key,
        rate_at=bucket.rate_at,
        units=units,
        every=every,
        slot=_move(bucket.next_slot, every * units, now, horizon),
        high_slot=_move(bucket.next_high_slot, every * units / HIGH_SHARE, now, horizon)
        if high
        else None,
    )


def reported(
    bucket: Bucket, *, accepted: int, refused: int, limit: float, now: datetime
) -> Bucket | None:
    """Return *bucket* after a wave of which the provider took so many and throttled others; None if as before.

    It is to be written where the bucket is still of the same `rate_at`: of two senders that report
    the same throttling, one is believed.
    """
    if not refused or (accepted and now - bucket.rate_at < _CUT_EVERY):
        return None
    rate = rate_of(bucket, limit=limit, now=now) * _CUT
    return replace(
        bucket,
        rate=max(rate, _within(limit, bucket) * _SLOWEST),
        # It must differ, for it tells one rate from the next.
        rate_at=max(now, bucket.rate_at + timedelta(microseconds=1)),
    )


def _move(slot: datetime, by: timedelta, now: datetime, horizon: timedelta) -> Move:
    return Move(by=by, now=now, latest=now + horizon, restart=slot < now)


def _within(limit: float, bucket: Bucket) -> float:
    return limit if bucket.most is None else min(limit, bucket.most)
