"""What is known of each provider message, in memory."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from ordercast.errors import LedgerUnavailable
from ordercast.receipts.receipt_log import Trail, join


class TwoTrailsOfOneMessage(Exception):
    """DynamoDB refuses the whole bulk call when two statements name one key."""


@dataclass(slots=True)
class FakeTrails:
    """Trails by message id; the methods in `unavailable` raise and do nothing.

    A message that `troubled` says yes to is not written, among others that are.
    """

    kept: dict[str, Trail] = field(default_factory=dict)
    unavailable: set[str] = field(default_factory=set)
    troubled: Callable[[str, Hashable], bool] = lambda *_: False
    calls: list[tuple[str, int]] = field(default_factory=list)

    def find(self, message_ids: AbstractSet[str]) -> dict[str, Trail]:
        self._call("find", sorted(message_ids))
        return {each: self.kept[each] for each in sorted(message_ids) if each in self.kept}

    def join(self, trails: Sequence[Trail]) -> list[Trail]:
        through = self._call("join", [each.message_id for each in trails])
        joined = [join(self.kept.get(t.message_id), t) for t in trails if t.message_id in through]
        for trail in joined:
            self._write(trail)
        self._answer("join", through, len(trails))
        return [self.kept[each.message_id] for each in trails]

    def change(self, changes: Sequence[tuple[Trail | None, Trail]]) -> set[str]:
        news = [(seen, new) for seen, new in changes if seen != new]
        through = self._call("change", [new.message_id for _, new in news])
        refused = set()
        for seen, new in news:
            if new.message_id not in through:
                continue
            there = self.kept.get(new.message_id)
            if (there and there.version) == (seen and seen.version):
                self._write(new)
            else:
                refused.add(new.message_id)
        self._answer("change", through, len(news))
        return {new.message_id for _, new in changes} - refused

    def due(self, *, now: datetime, limit: int) -> list[str]:
        self._call("due", ["look"])
        waiting = [
            (trail.due_at, i)
            for i, trail in self.kept.items()
            if trail.due_at and not trail.unattributed
        ]
        return [i for due_at, i in sorted(waiting) if due_at <= now][:limit]

    def unattributed(self, *, since: datetime, until: datetime) -> Iterator[list[Trail]]:
        self._call("unattributed", ["look"])
        for trail in list(self.kept.values()):
            if trail.unattributed and trail.due_at and since <= trail.due_at <= until:
                yield [trail]

    def orphans(self, *, since: datetime, until: datetime) -> Iterator[list[Trail]]:
        self._call("orphans", ["look"])
        for trail in list(self.kept.values()):
            if trail.notification_id is None and trail.due_at and since <= trail.due_at <= until:
                yield [trail]

    def _write(self, trail: Trail) -> None:
        known = self.kept.get(trail.message_id)
        if known is None or known != trail:
            version = known.version + 1 if known else trail.version
            self.kept[trail.message_id] = replace(trail, version=version)

    def _call(self, method: str, keys: Iterable[str]) -> set[str]:
        listed = list(keys)
        if not listed:
            return set()
        self.calls.append((method, len(listed)))
        if method in self.unavailable:
            raise LedgerUnavailable(method)
        if len(listed) != len(set(listed)):
            raise TwoTrailsOfOneMessage(method)
        return {key for key in listed if not self.troubled(method, key)}

    def _answer(self, method: str, through: AbstractSet[str], asked: int) -> None:
        if len(through) < asked:
            raise LedgerUnavailable(method)
