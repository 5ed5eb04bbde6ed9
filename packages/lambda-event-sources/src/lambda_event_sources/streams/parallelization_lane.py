"""Deliver the records of one parallelization lane in order, batch after batch. Used by `ShardBatcher`."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

from lambda_event_sources.events import ENVELOPE_SIZE, SEPARATOR_SIZE, StreamRecord
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.on_failure import Condition, DiscardBatch
from lambda_event_sources.outcomes import (
    Errored,
    NotInvoked,
    Outcome,
    Returned,
    UnusableResponse,
    failed_items,
)
from lambda_event_sources.streams.backoff import Backoff
from lambda_event_sources.streams.steps import Expired, Invoke, Settled, Step, Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Records that are delivered together until they are done; a bisect copies its counts to both halves."""

    records: tuple[StreamRecord, ...]
    retries: int = 0
    invocations: int = 0
    refusals: int = 0
    not_before: datetime | None = None
    request_id: str = ""
    function_error: str | None = None


class StepOrderError(Exception):
    """`next_step` was called before the last outcome was settled, or `settle` with no invocation."""


class ParallelizationLane:
    """One of the concurrent batches of a shard that `parallelization_factor` allows.

    Call `put` while it has `capacity`, carry out `next_step`, and `settle` the outcome of each
    `Invoke`. The rules, each with a test and its source in docs/rules.md:

    - a batch closes at the batch size, at 6 MB of payload, or when the batching window has passed
      since its first record was read
    - the next batch begins only when the last one is done
    - an error or a timeout fails the whole batch; with bisect it is split in two halves, the first
      delivered first, and no retry is used up
    - a partial batch response sets a checkpoint at its *lowest* sequence number: records before it
      are done, all from it on are delivered again
    - where that leaves fewer records than before, they are a new batch whose retries and
      invocations are counted from zero; where none was done, it is a retry
    - a response counts only where the mapping has ReportBatchItemFailures
    - before each invocation, records older than the maximum age are discarded; a batch whose
      retries are used up is discarded from its checkpoint on
    - an invocation that did not happen (throttled) is repeated and uses up no retry
    - without such limits a batch is delivered until the stream's retention ends
    """

    def __init__(
        self,
        mapping: EventSourceMapping,
        *,
        backoff: Backoff | None = None,
        retention: timedelta | None = None,
    ) -> None:
        self._mapping = mapping
        self.overhead = 0  # bytes of the payload that are not records
        self._backoff = backoff or Backoff()
        self._retention = retention
        self._pending: deque[tuple[StreamRecord, datetime]] = deque()
        # A stack: the last is the current batch; a bisect puts the first half on top.
        self._batches: list[_Batch] = []
        self._invoked = False

    @property
    def is_invoking(self) -> bool:
        """Tell whether an `Invoke` is not settled yet."""
        return self._invoked

    @property
    def first_unprocessed(self) -> int | None:
        """Return the position of the first record that is neither done nor discarded."""
        if self._batches:
            return self._batches[-1].records[0].position
        return self._pending[0][0].position if self._pending else None

    @property
    def waiting(self) -> int:
        """Return how many records are in no batch yet."""
        return len(self._pending)

    @property
    def capacity(self) -> int:
        """Return how many records the lane can take now: none while a batch is unfinished."""
        return 0 if self._batches else max(0, self._mapping.batch_size - len(self._pending))

    @property
    def is_empty(self) -> bool:
        """Tell whether every record that was put is done or discarded."""
        return not self._batches and not self._pending

    def put(self, records: Iterable[StreamRecord], *, now: datetime) -> None:
        """Take records, in the shard's order, as read at *now*."""
        self._pending.extend((record, now) for record in records)

    def next_step(self, *, now: datetime) -> Step:
        """Return what to do now."""
        if self._invoked:
            raise StepOrderError
        if not self._batches:
            self._begin_batch(now)
        if not self._batches:
            return Wait(
                until=self._pending[0][1] + self._mapping.max_batching_window
                if self._pending
                else None
            )
        if too_old := self._too_old(now):
            return too_old
        batch = self._batches[-1]
        if (
            self._mapping.retry_attempts is not None
            and batch.retries > self._mapping.retry_attempts
        ):
            return _discard(self._batches.pop(), "RetryAttemptsExhausted")
        if batch.not_before is not None and now < batch.not_before:
            return Wait(until=batch.not_before)
        self._invoked = True
        return Invoke(records=batch.records)

    def settle(self, outcome: Outcome, *, now: datetime) -> Settled:
        """Apply the outcome of the last `Invoke` and return what it means."""
        if not self._invoked:
            raise StepOrderError
        self._invoked = False
        batch = self._batches.pop()
        match outcome:
            case NotInvoked():
                return self._refused(batch, now)
            case Errored():
                return self._failed(_tried(batch, outcome.request_id, outcome.error), now)
            case Returned():
                return self._answered(_tried(batch, outcome.request_id, None), outcome.payload, now)

    def _begin_batch(self, now: datetime) -> None:
        count = _fitting((r for r, _ in self._pending), self._mapping, self.overhead)
        if not count:
            return
        closed = count < len(self._pending) or count == self._mapping.batch_size
        if closed or now >= self._pending[0][1] + self._mapping.max_batching_window:
            records = tuple(self._pending.popleft()[0] for _ in range(count))
            self._batches.append(_Batch(records=records))

    def _too_old(self, now: datetime) -> DiscardBatch | Expired | None:
        if expired := self._cut_off(self._retention, now):
            return Expired(records=expired.records)
        if old := self._cut_off(self._mapping.max_record_age, now):
            return _discard(old, "RecordAgeExceeded")
        return None

    def _cut_off(self, limit: timedelta | None, now: datetime) -> _Batch | None:
        """Remove the leading records older than *limit* from the current batch."""
        if limit is None:
            return None
        batch = self._batches.pop()
        is_old = [now - record.arrived_at > limit for record in batch.records]
        # Arrival times may go back, so an old record may follow a younger one: cut there.
        run = sum(1 for _ in takewhile(lambda old: old == is_old[0], is_old))
        head, tail = _cut(batch, run)
        if tail.records:
            self._batches.append(tail)
        if is_old[0]:
            return head
        self._batches.append(head)
        return None

    def _answered(self, batch: _Batch, payload: bytes, now: datetime) -> Settled:
        failed: list[str] = []
        if self._mapping.report_batch_item_failures:
            try:
                failed = failed_items(payload, {r.sequence_number for r in batch.records})
            except UnusableResponse:
                return self._failed(batch, now)
        lowest = min((int(number) for number in failed), default=None)
        done = tuple(r for r in batch.records if lowest is None or r.position < lowest)
        if lowest is None:
            return Settled(how="done", done=done)
        if not done:
            return self._retry(batch, now)
        return self._continue_after(done, batch.records[len(done) :], now)

    def _continue_after(
        self, done: tuple[StreamRecord, ...], rest: tuple[StreamRecord, ...], now: datetime
    ) -> Settled:
        """Make the rest of a batch that made progress a new batch, whose counts begin at zero."""
        self._batches.append(_Batch(records=rest, not_before=now + self._backoff.after(1)))
        return Settled(how="retried", done=done, again=rest)

    def _failed(self, batch: _Batch, now: datetime) -> Settled:
        if not self._mapping.bisect_batch_on_error or len(batch.records) == 1:
            return self._retry(batch, now)
        # The halves are delivered at once, without a backoff.
        first, second = _cut(replace(batch, not_before=None), (len(batch.records) + 1) // 2)
        self._batches += [second, first]
        return Settled(how="bisected", again=batch.records)

    def _retry(self, batch: _Batch, now: datetime) -> Settled:
        retries = batch.retries + 1
        not_before = now + self._backoff.after(retries)
        self._batches.append(replace(batch, retries=retries, refusals=0, not_before=not_before))
        return Settled(how="retried", again=batch.records)

    def _refused(self, batch: _Batch, now: datetime) -> Settled:
        refusals = batch.refusals + 1
        not_before = now + self._backoff.after(refusals)
        self._batches.append(replace(batch, refusals=refusals, not_before=not_before))
        return Settled(how="not_invoked", again=batch.records)


def _discard(batch: _Batch, condition: Condition) -> DiscardBatch:
    return DiscardBatch(
        records=batch.records,
        condition=condition,
        invocations=batch.invocations,
        request_id=batch.request_id,
        function_error=batch.function_error,
    )


def _fitting(records: Iterable[StreamRecord], mapping: EventSourceMapping, overhead: int) -> int:
    """Count the leading records that fit one batch; a record too large for any is a batch of its own."""
    count, size = 0, ENVELOPE_SIZE - SEPARATOR_SIZE + overhead
    for record in records:
        size += record.size + SEPARATOR_SIZE
        if count == mapping.batch_size or (count and size > mapping.payload_limit):
            break
        count += 1
    return count


def _cut(batch: _Batch, at: int) -> tuple[_Batch, _Batch]:
    return (
        replace(batch, records=batch.records[:at]),
        replace(batch, records=batch.records[at:]),
    )


def _tried(batch: _Batch, request_id: str, function_error: str | None) -> _Batch:
    return replace(
        batch,
        invocations=batch.invocations + 1,
        request_id=request_id,
        function_error=function_error,
    )
