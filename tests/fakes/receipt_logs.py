"""Receipt logs in memory."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.receipts.receipt_log import ReceiptLog, join
from ordercast.sending.due_partitions import shard_of


class TwoReceiptLogsOfOneMessage(Exception):
    """DynamoDB refuses the whole bulk call when two statements name one key."""


@dataclass(slots=True)
class FakeReceiptLogs:
    """Receipt logs by message id; the methods in `unavailable` raise and do nothing.

    A message that `troubled` says yes to is not written, among others that are.
    """

    kept: dict[str, ReceiptLog] = field(default_factory=dict)
    unavailable: set[str] = field(default_factory=set)
    troubled: Callable[[str, Hashable], bool] = lambda *_: False
    calls: list[tuple[str, int]] = field(default_factory=list)

    def find(self, message_ids: AbstractSet[str]) -> dict[str, ReceiptLog]:
        self._call("find", sorted(message_ids))
        return {each: self.kept[each] for each in sorted(message_ids) if each in self.kept}

    def join(self, receipt_logs: Sequence[ReceiptLog]) -> list[ReceiptLog]:
        through = self._call("join", [each.message_id for each in receipt_logs])
        joined = [
            join(self.kept.get(t.message_id), t) for t in receipt_logs if t.message_id in through
        ]
        for receipt_log in joined:
            self._write(receipt_log)
        self._answer("join", through, len(receipt_logs))
        return [self.kept[each.message_id] for each in receipt_logs]

    def change(self, changes: Sequence[tuple[ReceiptLog | None, ReceiptLog]]) -> set[str]:
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

    def due(self, shards: Sequence[int], *, now: datetime, limit: int) -> list[str]:
        self._call("due", ["look"])
        waiting = [
            (receipt_log.due_at, i)
            for i, receipt_log in self.kept.items()
            if receipt_log.due_at and not receipt_log.unattributed and shard_of(i) in shards
        ]
        return [i for due_at, i in sorted(waiting) if due_at <= now][:limit]

    def unattributed(self, *, since: datetime, until: datetime) -> Iterator[list[ReceiptLog]]:
        self._call("unattributed", ["look"])
        for receipt_log in list(self.kept.values()):
            if (
                receipt_log.unattributed
                and receipt_log.due_at
                and since <= receipt_log.due_at <= until
            ):
                yield [receipt_log]

    def orphans(self, *, since: datetime, until: datetime) -> Iterator[list[ReceiptLog]]:
        self._call("orphans", ["look"])
        for receipt_log in list(self.kept.values()):
            if (
                receipt_log.notification_id is None
                and receipt_log.due_at
                and since <= receipt_log.due_at <= until
            ):
                yield [receipt_log]

    def sent_since(self, since: datetime) -> Iterator[list[ReceiptLog]]:
        self._call("sent_since", ["look"])
        yield [each for each in list(self.kept.values()) if each.sent_at >= since]

    def _write(self, receipt_log: ReceiptLog) -> None:
        known = self.kept.get(receipt_log.message_id)
        if known is None or known != receipt_log:
            version = known.version + 1 if known else receipt_log.version
            self.kept[receipt_log.message_id] = replace(receipt_log, version=version)

    def _call(self, method: str, keys: Iterable[str]) -> set[str]:
        listed = list(keys)
        if not listed:
            return set()
        self.calls.append((method, len(listed)))
        if method in self.unavailable:
            raise LedgerUnavailable(method)
        if len(listed) != len(set(listed)):
            raise TwoReceiptLogsOfOneMessage(method)
        return {key for key in listed if not self.troubled(method, key)}

    def _answer(self, method: str, through: AbstractSet[str], count: int) -> None:
        if len(through) < count:
            raise LedgerUnavailable(method)
