"""One lane of a shard: its records, the function's outcomes and the time come in, the next step goes out."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Literal

from lambda_event_sources.events import ENVELOPE_SIZE, SEPARATOR_SIZE, StreamRecord
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.on_failure import Condition, GivenUp
from lambda_event_sources.outcomes import (
    Answered,
    BatchFailed,
    NotInvoked,
    Outcome,
    Raised,
    failed_items,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke:
    """Invoke the function with these records, then `settle` the outcome, for that lane.

    `about` stands beside the records in the event: see `tumbling`.
    """

    records: tuple[StreamRecord, ...]
    lane: int = 0
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """Records that the stream no longer holds: they are lost, and nothing is written about them."""

    records: tuple[StreamRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing to do before `until`; None: not before records come."""

    until: datetime | None


Step = Invoke | GivenUp | Expired | Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What an outcome means: these records are done, those are brought again, and why so."""

    how: Literal["done", "retried", "bisected", "refused"]
    done: tuple[StreamRecord, ...] = ()
    again: tuple[StreamRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait before the same records are brought again: `first`, doubled up to `most`.

    AWS says "exponential backoff" and documents no numbers.
    """

    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(minutes=1)

    def after(self, failures: int) -> timedelta:
        """Say how long to wait after so many failures in a row (at least 1)."""
        # 30 doublings of a millisecond are twelve days: more would only overflow.
        doublings = min(failures - 1, 30)
        return min(self.most, self.first * (1 << doublings))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Records that are brought together until they are done; its counts survive splits."""

    records: tuple[StreamRecord, ...]
    retries: int = 0
    invocations: int = 0
    refusals: int = 0
    not_before: datetime | None = None
    request_id: str = ""
    function_error: str | None = None


class OutOfTurn(Exception):
    """`next_step` before the last outcome was settled, or `settle` with no batch out."""


class Lane:
    """Bring one lane's records to a function in order, a batch at a time.

    Feed it with `put` while it has `room`, ask `next_step`, carry it out, `settle` an `Invoke`.
    The rules, each with a test and its source in docs/event-sources.md:

    - a batch closes at the batch size, at 6 MB of payload or when the window has passed since its
      first record was read
    - one batch at a time, and only when it is done is the next one begun
    - an error or a time-out fails the whole batch; with bisect it is split in two halves, the
      first brought first, which uses up no retry
    - a partial answer is a checkpoint at its *lowest* sequence number: what is before it is done,
      all from it on is brought again, which is a retry
    - an answer counts only where the mapping asks for ReportBatchItemFailures
    - before each invocation, records older than the maximum age are given up; a batch whose
      retries are used up is given up whole, from its checkpoint on
    - what was not invoked (throttled, refused) is tried again and uses up no retry
    - without such limits a batch is brought until the stream's retention ends it
    """

    def __init__(
        self,
        mapping: EventSourceMapping,
        *,
        backoff: Backoff | None = None,
        retention: timedelta | None = None,
    ) -> None:
        self._mapping = mapping
        self.overhead = 0  # bytes of a payload that are not for records
        self._backoff = backoff or Backoff()
        self._retention = retention
        self._pending: deque[tuple[StreamRecord, datetime]] = deque()
        # The batch in hand is the last: a split puts its second half below its first.
        self._batches: list[_Batch] = []
        self._invoked = False

    @property
    def is_out(self) -> bool:
        """Tell whether an `Invoke` is not settled yet."""
        return self._invoked

    @property
    def first_undone(self) -> int | None:
        """Say the position of the first record that is neither done nor given up, if there is any."""
        if self._batches:
            return self._batches[-1].records[0].position
        return self._pending[0][0].position if self._pending else None

    @property
    def waiting(self) -> int:
        """Say how many records are in no batch yet."""
        return len(self._pending)

    @property
    def room(self) -> int:
        """Say how many records the lane can take up now: none while a batch is being brought."""
        return 0 if self._batches else max(0, self._mapping.batch_size - len(self._pending))

    @property
    def is_empty(self) -> bool:
        """Tell whether every record that was put is done or given up."""
        return not self._batches and not self._pending

    def put(self, records: Iterable[StreamRecord], *, now: datetime) -> None:
        """Take up records, in the shard's order, as read at *now*."""
        self._pending.extend((record, now) for record in records)

    def next_step(self, *, now: datetime) -> Step:
        """Say what to do now."""
        if self._invoked:
            raise OutOfTurn
        if not self._batches:
            self._begin_batch(now)
        if not self._batches:
            return Wait(until=self._pending[0][1] + self._mapping.window if self._pending else None)
        if too_old := self._too_old(now):
            return too_old
        batch = self._batches[-1]
        if self._mapping.max_retries is not None and batch.retries > self._mapping.max_retries:
            return _given_up(self._batches.pop(), "RetryAttemptsExhausted")
        if batch.not_before is not None and now < batch.not_before:
            return Wait(until=batch.not_before)
        self._invoked = True
        return Invoke(records=batch.records)

    def settle(self, outcome: Outcome, *, now: datetime) -> Settled:
        """Take note of how the last `Invoke` went, and say what it means."""
        if not self._invoked:
            raise OutOfTurn
        self._invoked = False
        batch = self._batches.pop()
        match outcome:
            case NotInvoked():
                return self._refused(batch, now)
            case Raised():
                return self._failed(_tried(batch, outcome.request_id, outcome.error), now)
            case Answered():
                return self._answered(_tried(batch, outcome.request_id, None), outcome.payload, now)

    def _begin_batch(self, now: datetime) -> None:
        count = _fitting((r for r, _ in self._pending), self._mapping, self.overhead)
        if not count:
            return
        closed = count < len(self._pending) or count == self._mapping.batch_size
        if closed or now >= self._pending[0][1] + self._mapping.window:
            records = tuple(self._pending.popleft()[0] for _ in range(count))
            self._batches.append(_Batch(records=records))

    def _too_old(self, now: datetime) -> GivenUp | Expired | None:
        if expired := self._cut_off(self._retention, now):
            return Expired(records=expired.records)
        if old := self._cut_off(self._mapping.max_age, now):
            return _given_up(old, "RecordAgeExceeded")
        return None

    def _cut_off(self, limit: timedelta | None, now: datetime) -> _Batch | None:
        """Take the leading records that are older than *limit* out of the batch in hand."""
        if limit is None:
            return None
        batch = self._batches.pop()
        is_old = [now - record.arrived_at > limit for record in batch.records]
        # Arrival times may step back, so an old record may stand behind a younger one: cut there.
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
        if self._mapping.reports_item_failures:
            try:
                failed = failed_items(payload, {r.sequence_number for r in batch.records})
            except BatchFailed:
                return self._failed(batch, now)
        lowest = min((int(number) for number in failed), default=None)
        done = tuple(r for r in batch.records if lowest is None or r.position < lowest)
        if lowest is None:
            return Settled(how="done", done=done)
        rest = self._retry(replace(batch, records=batch.records[len(done) :]), now)
        return replace(rest, done=done)

    def _failed(self, batch: _Batch, now: datetime) -> Settled:
        if not self._mapping.bisects or len(batch.records) == 1:
            return self._retry(batch, now)
        # The split is the remedy, so the halves are brought at once.
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
        return Settled(how="refused", again=batch.records)


def _given_up(batch: _Batch, condition: Condition) -> GivenUp:
    return GivenUp(
        records=batch.records,
        condition=condition,
        invocations=batch.invocations,
        request_id=batch.request_id,
        function_error=batch.function_error,
    )


def _fitting(records: Iterable[StreamRecord], mapping: EventSourceMapping, overhead: int) -> int:
    """Count the leading records that fit one batch; a record too large for any is a batch alone."""
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
