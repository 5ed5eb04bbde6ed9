"""Buckets of pace, in memory."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime

from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.pacing.bucket import Bucket, Draw


@dataclass(slots=True)
class FakeBuckets:
    """Buckets by key; the methods in `unavailable` raise and do nothing. `calls` are their names.

    `doubled` are the keys of draws of slots that had been drawn before.
    """

    kept: dict[str, Bucket] = field(default_factory=dict)
    unavailable: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    _drawn_until: dict[str, datetime] = field(default_factory=dict)

    def find(self, keys: AbstractSet[str]) -> dict[str, Bucket]:
        self._call("find")
        return {key: self.kept[key] for key in sorted(keys) if key in self.kept}

    def open(self, bucket: Bucket) -> Bucket:
        self._call("open")
        return self.kept.setdefault(bucket.key, bucket)

    def draw(self, draw: Draw) -> tuple[bool, Bucket | None]:
        self._call("draw")
        there = self.kept.get(draw.key)
        after = there and draw.drawn(there)
        if after:
            self.kept[draw.key] = after
            if after.next_slot - draw.slot.by < self._drawn_until.get(draw.key, _NEVER):
                self.doubled.append(draw.key)
            self._drawn_until[draw.key] = after.next_slot
        return after is not None, after or there

    def cap(self, key: str, *, most: float | None, left: int | None) -> None:
        self._call("cap")
        if key in self.kept:
            self.kept[key] = replace(self.kept[key], most=most, left=left)

    def learn(self, seen: Bucket, new: Bucket) -> Bucket | None:
        self._call("learn")
        there = self.kept.get(seen.key)
        if there and there.rate_at == seen.rate_at:
            self.kept[seen.key] = replace(there, rate=new.rate, rate_at=new.rate_at)
        return self.kept.get(seen.key)

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.unavailable:
            raise LedgerUnavailable(name)


_NEVER = datetime.min.replace(tzinfo=UTC)
