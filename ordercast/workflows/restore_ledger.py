"""Bring a restored ledger up to what was sent before it was lost, and send nothing twice. Used by `ordercast restore`.

The order is what makes it safe: the fence is there before anything runs on the restored table, and
the relay waits until the stream was replayed behind it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

from ordercast.decisions.lookup import LookupKeys
from ordercast.errors import LedgerUnavailable
from ordercast.events.stream_record import StreamRecord
from ordercast.pacing.holds import Hold
from ordercast.pacing.restoring import (
    fence,
    fences,
    gate,
    is_gate,
    perhaps_sent,
)
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.sending.due_partitions import WHENEVER, held_behind
from ordercast.workflows.merge_receipts import MergeReceipts
from ordercast.workflows.ports import Clock, Ledger
from ordercast.workflows.relay_orders import Relayed

AT_ONCE = 400  # rows or receipt logs

Relay = Callable[[Sequence[StreamRecord], datetime], Relayed]
"""Relay a batch of records as if it were that instant."""


class SentMessages(Protocol):
    """What the receipts table knows to be sent. Raises `LedgerUnavailable`."""

    def sent_since(self, since: datetime) -> Iterator[list[ReceiptLog]]:
        """Return, by the page, logs of messages that a provider took from *since* on."""
        ...


@dataclass(slots=True, kw_only=True)
class Replayed:
    """What became of the records that were replayed, and how many notifications were settled then."""

    records: int = 0
    accepted: int = 0
    repeated: int = 0
    stale: int = 0
    parked: int = 0
    settled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreLedger:
    """Fence a restored ledger off, settle what was sent, replay what is missing, end what nobody sends.

    Each step may be repeated after an interruption. Receipts of what was sent before the ledger's
    moment may have come after it, so messages are read from `receipt_timeout` before that on.
    """

    ledger: Ledger
    receipt_logs: SentMessages
    merge: MergeReceipts
    receipt_timeout: timedelta
    by: str
    now: Clock

    def begin(self, *, lost_at: datetime, restored_to: datetime, reason: str = "") -> int:
        """Write the fence and the gate, then settle; return how many notifications were settled."""
        now = self.now()
        wanted = (
            gate(by=self.by, since=now),
            fence(lost_at=lost_at, by=self.by, since=now, reason=reason),
        )
        there = {each.id for each in self.ledger.hold(wanted) if each.is_active}
        if not {each.id for each in wanted} <= there:
            raise LedgerUnavailable("there is no place for another restoration: release one first")
        return self.settle(restored_to)

    def settle(self, restored_to: datetime) -> int:
        """Give to each row what the receipts table knows of its messages; return how many rows."""
        rows: set[str] = set()
        for page in self.receipt_logs.sent_since(restored_to - self.receipt_timeout):
            for start in range(0, len(page), AT_ONCE):
                rows |= self.merge(page[start : start + AT_ONCE]).keys()
        return len(rows)

    def replay(
        self, batches: Iterable[Sequence[StreamRecord]], relay: Relay, *, restored_to: datetime
    ) -> Replayed:
        """Relay *batches* as when they arrived, settle their rows too, and open the gate.

        The clock is what puts them behind the fence: they may have been sent then.
        """
        done = Replayed()
        for at, batch in _by_minute(batches):
            relayed = relay(batch, at)
            if relayed.undone:
                raise LedgerUnavailable("records could not be relayed; replay them again")
            done.records += len(batch)
            done.accepted += relayed.accepted
            done.repeated += relayed.repeated
            done.stale += relayed.stale
            done.parked += relayed.parked
        done.settled = self.settle(restored_to)
        self.ledger.let_go({each.id for each in self.holds() if is_gate(each)}, at=self.now())
        return done

    def release(self) -> list[Hold]:
        """Settle once more and let go the fences: the sweeper sends what waits and may be sent; return them."""
        found = self._settled_fences()
        self.ledger.let_go({each.id for each in found}, at=self.now())
        return found

    def end(self) -> int:
        """Settle once more and end what waits behind the fences, which is never sent; return how many.

        The fences stay, for what may come behind them yet.
        """
        found = self._settled_fences()
        behind = held_behind([each.id for each in found])
        ended: set[str] = set()
        lagging = 0
        while True:
            # Of each partition more than the index may still name though it was ended.
            limit = AT_ONCE + len(behind) * lagging
            named = set(self.ledger.due(behind, until=WHENEVER, limit=limit))
            if not (new := named - ended) and len(named) == lagging:
                break
            lagging = len(named) - len(new)
            self._end(new)
            ended |= new
        return len(ended)

    def _end(self, ids: AbstractSet[str]) -> None:
        rows = self.ledger.look_up(LookupKeys(notifications=frozenset(ids))).notifications
        waiting = [row for row in rows.values() if row.is_held]
        self.ledger.change([(row, perhaps_sent(row, at=self.now())) for row in waiting])

    def holds(self) -> tuple[Hold, ...]:
        """Return the holds of the ledger."""
        return self.ledger.look_up(LookupKeys(holds=True)).holds

    def _settled_fences(self) -> list[Hold]:
        """Return the fences, after what was entered since the replay is settled, too: fallbacks.

        They were sent after the ledger's moment, which is within the receipt timeout of the loss
        where the stream still has what was put since.
        """
        holds = self.holds()
        if any(map(is_gate, holds)):
            raise LedgerUnavailable("the stream is to be replayed first")
        found = list(fences(holds))
        if found:
            self.settle(min(datetime.fromisoformat(str(each.scope.before)) for each in found))
        return found


def _by_minute(
    batches: Iterable[Sequence[StreamRecord]],
) -> Iterator[tuple[datetime, Sequence[StreamRecord]]]:
    """Yield records that arrived within a minute, with that: a page of a quiet shard may have hours."""
    for batch in batches:
        for minute, records in groupby(batch, _minute_of_arrival):
            yield minute, list(records)


def _minute_of_arrival(record: StreamRecord) -> datetime:
    if record.arrived_at is None:
        raise ValueError("a record of the stream has its time of arrival")
    return record.arrived_at.replace(second=0, microsecond=0)
