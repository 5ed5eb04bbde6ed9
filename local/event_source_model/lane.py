"""One shard of a stream: its records, the function's outcomes and the time come in, the next step goes out."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

from local.event_source_model.answers import (
    Answered,
    BatchFailed,
    NotInvoked,
    Outcome,
    Raised,
    failed_items,
)
from local.event_source_model.events import ENVELOPE_SIZE, SEPARATOR_SIZE, StreamRecord
from local.event_source_model.give_up import Condition, GivenUp
from local.event_source_model.mapping import EventSourceMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke:
    """Invoke the function with these records, then `settle` the outcome."""

    records: tuple[StreamRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing to do before `until`; None: not before records come."""

    until: datetime | None


Step = Invoke | GivenUp | Wait


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
    """Bring one shard's records to a function in order, a batch at a time.

    Feed it with `put`, ask `next_step`, carry the step out; after an `Invoke` tell `settle` how it
    went before asking again. A `GivenUp` is out of the lane's hands once it was returned.

    The rules, each with a test in tests/local/test_event_source_model.py; the pages named are those
    of https://docs.aws.amazon.com/lambda/latest/dg/:

    - a batch closes at the batch size, at 6 MB of payload or when the window has passed since its
      first record was read; only then is the next one begun (with-kinesis.html)
    - an error or a time-out fails the whole batch; with bisect it is split in two halves, the
      first brought first, which uses up no retry (kinesis-on-failure-destination.html)
    - a partial answer is a checkpoint at its *lowest* sequence number: what is before it is done,
      all from it on is brought again, which is a retry (services-kinesis-batchfailurereporting.html)
    - an answer counts only where the mapping asks for ReportBatchItemFailures (same page)
    - before each invocation, records older than the maximum age are given up; a batch whose
      retries are used up is given up whole, from its checkpoint on (kinesis-on-failure-destination.html)
    - what was not invoked (throttled, refused) is tried again and uses up no retry (same page)
    """

    def __init__(self, mapping: EventSourceMapping, *, backoff: Backoff | None = None) -> None:
        self._mapping = mapping
        self._backoff = backoff or Backoff()
        self._pending: deque[tuple[StreamRecord, datetime]] = deque()
        # The batch in hand is the last: a split puts its second half below its first.
        self._batches: list[_Batch] = []
        self._invoked = False
        self._checkpoint = ""

    @property
    def checkpoint(self) -> str:
        """Say the last sequence number up to which all is done or given up; empty: none yet."""
        return self._checkpoint

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
        if too_old := self._give_up_the_old(now):
            return too_old
        batch = self._batches[-1]
        if self._mapping.max_retries is not None and batch.retries > self._mapping.max_retries:
            return self._given_up(self._batches.pop(), "RetryAttemptsExhausted")
        if batch.not_before is not None and now < batch.not_before:
            return Wait(until=batch.not_before)
        self._invoked = True
        return Invoke(records=batch.records)

    def settle(self, outcome: Outcome, *, now: datetime) -> None:
        """Take note of how the last `Invoke` went."""
        if not self._invoked:
            raise OutOfTurn
        self._invoked = False
        batch = self._batches.pop()
        match outcome:
            case NotInvoked():
                self._refused(batch, now)
            case Raised():
                self._failed(_tried(batch, outcome.request_id, outcome.error), now)
            case Answered():
                self._answered(_tried(batch, outcome.request_id, None), outcome.payload, now)

    def _begin_batch(self, now: datetime) -> None:
        count = _fitting((record for record, _ in self._pending), self._mapping)
        if not count:
            return
        closed = count < len(self._pending) or count == self._mapping.batch_size
        if closed or now >= self._pending[0][1] + self._mapping.window:
            records = tuple(self._pending.popleft()[0] for _ in range(count))
            self._batches.append(_Batch(records=records))

    def _give_up_the_old(self, now: datetime) -> GivenUp | None:
        if (age := self._mapping.max_age) is None:
            return None
        batch = self._batches.pop()
        is_old = [now - record.arrived_at > age for record in batch.records]
        # Arrival times may step back, so an old record may stand behind a younger one: cut there.
        run = sum(1 for _ in takewhile(lambda old: old == is_old[0], is_old))
        head, tail = _cut(batch, run)
        if tail.records:
            self._batches.append(tail)
        if is_old[0]:
            return self._given_up(head, "RecordAgeExceeded")
        self._batches.append(head)
        return None

    def _answered(self, batch: _Batch, payload: bytes, now: datetime) -> None:
        failed: list[str] = []
        if self._mapping.reports_item_failures:
            try:
                failed = failed_items(payload, {r.sequence_number for r in batch.records})
            except BatchFailed:
                self._failed(batch, now)
                return
        lowest = min((int(number) for number in failed), default=None)
        done = [r for r in batch.records if lowest is None or r.position < lowest]
        if done:
            self._checkpoint = done[-1].sequence_number
        if lowest is not None:
            self._retry(replace(batch, records=batch.records[len(done) :]), now)

    def _failed(self, batch: _Batch, now: datetime) -> None:
        if self._mapping.bisects and len(batch.records) > 1:
            # The split is the remedy, so the halves are brought at once.
            first, second = _cut(replace(batch, not_before=None), (len(batch.records) + 1) // 2)
            self._batches += [second, first]
        else:
            self._retry(batch, now)

    def _retry(self, batch: _Batch, now: datetime) -> None:
        retries = batch.retries + 1
        not_before = now + self._backoff.after(retries)
        self._batches.append(replace(batch, retries=retries, refusals=0, not_before=not_before))

    def _refused(self, batch: _Batch, now: datetime) -> None:
        refusals = batch.refusals + 1
        not_before = now + self._backoff.after(refusals)
        self._batches.append(replace(batch, refusals=refusals, not_before=not_before))

    def _given_up(self, batch: _Batch, condition: Condition) -> GivenUp:
        self._checkpoint = batch.records[-1].sequence_number
        return GivenUp(
            records=batch.records,
            condition=condition,
            invocations=batch.invocations,
            request_id=batch.request_id,
            function_error=batch.function_error,
        )


def _fitting(records: Iterable[StreamRecord], mapping: EventSourceMapping) -> int:
    """Count the leading records that fit one batch; a record too large for any is a batch alone."""
    count, size = 0, ENVELOPE_SIZE - SEPARATOR_SIZE
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
