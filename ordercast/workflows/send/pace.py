"""Draw slots for the calls of a wave, and wait for room. Used by `workflows.send_messages`."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct, field

from ordercast.pacing.bucket import Bucket, Draw, Wait, draw, fresh, rate_of, reported, wave_units
from ordercast.workflows.ports import Clock, PaceAnswer, PaceBuckets

# Each refused draw answers the bucket as it is; what is refused so often is contended for.
_TRIES = 4


class Pace(Struct, kw_only=True):
    """The pace of one origination, whose bucket is `key`; `limit` is in units a second.

    One for an execution environment: it remembers the bucket as last seen, so that most waves take
    one write. The trap is a wait between the checks of a wave and its calls: `until_room` is waited
    for before the checks, and what has no slot after them is checked again. A bucket that is gone,
    as after a table was restored, is opened anew.
    """

    buckets: PaceBuckets
    key: str
    limit: float
    now: Clock
    wait: Wait
    _seen: Bucket | None = field(default=None)

    def until_room(self, *, high: bool) -> datetime:
        """Return when a wave may draw, as far as is known; the past if at once."""
        now = self.now()
        room = draw(self._bucket(now), 1, limit=self.limit, high=high, now=now)
        return now if isinstance(room, Draw) else room

    def wave(self) -> int:
        """Return how many units the next wave is of."""
        now = self.now()
        return wave_units(rate_of(self._bucket(now), limit=self.limit, now=now))

    def take(self, units: int, by: Callable[[Draw], PaceAnswer], *, high: bool) -> list[datetime]:
        """Draw the slots of so many units, one each; none if there is no room at the moment.

        *by* draws from the bucket, and may draw from budgets in the same call.

        Raises `LedgerUnavailable`. A draw whose answer is lost leaves slots that nobody uses.
        """
        for _ in range(_TRIES):
            now = self.now()
            wanted = draw(self._bucket(now), units, limit=self.limit, high=high, now=now)
            if not isinstance(wanted, Draw):
                return []
            done, self._seen = by(wanted)
            if done and self._seen:
                return wanted.slots(self._seen)
        return []

    def report(self, *, accepted: int, refused: int) -> None:
        """Let the bucket learn how many of a wave were taken and throttled; raises `LedgerUnavailable`."""
        now = self.now()
        seen = self._bucket(now)
        new = reported(seen, accepted=accepted, refused=refused, limit=self.limit, now=now)
        if new:
            self._seen = self.buckets.learn(seen, new)

    def _bucket(self, now: datetime) -> Bucket:
        if self._seen is None:
            self._seen = self.buckets.open(fresh(self.key, limit=self.limit, now=now))
        return self._seen
