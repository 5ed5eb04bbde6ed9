"""Deliver one lane's records in tumbling windows and carry the window's state. Used by `ShardBatcher`."""

import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lambda_event_sources.events import StreamRecord, encoded
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.outcomes import Errored, NotInvoked, Outcome, Returned
from lambda_event_sources.streams.backoff import Backoff
from lambda_event_sources.streams.parallelization_lane import ParallelizationLane, StepOrderError
from lambda_event_sources.streams.steps import Expired, Invoke, Settled, Step, Wait

STATE_LIMIT = 1024 * 1024
"""The largest state, in bytes of JSON: 1 MB."""


@dataclass(slots=True, kw_only=True)
class _Window:
    """The open window; `first` is the position of the first record that its state covers or will cover."""

    start: datetime
    end: datetime
    first: int | None = None
    state: Mapping[str, Any] = field(default_factory=dict)
    has_state: bool = False
    is_too_large: bool = False
    failures: int = 0
    not_before: datetime | None = None


class TumblingWindowLane:
    """A parallelization lane with tumbling windows; used like `ParallelizationLane`.

    `note_read_until` says up to which arrival time the shard was read. The rules, each with a test
    named in docs/rules.md:

    - a record belongs to the window in which it arrived; windows begin at whole multiples of their
      length
    - a batch holds records of one window
    - a response without a `state` is an error; the next invocation receives the state, and a record
      that is delivered again comes with the state that it came with first
    - when all records of a window are done and a later record was read, or its time is over and
      there is nothing to read, the function receives a final invocation without records
    - the final invocation is repeated until it succeeds; meanwhile the next window waits
    - a state over 1 MB ends the window at once; the same window goes on without state
    - until the final invocation, a successor begins at the window's first record
    """

    def __init__(
        self,
        mapping: EventSourceMapping,
        *,
        shard_id: str,
        backoff: Backoff | None = None,
        retention: timedelta | None = None,
    ) -> None:
        self._mapping = mapping
        self._shard_id = shard_id
        self._backoff = backoff or Backoff()
        self._retention = retention
        self._lane = ParallelizationLane(mapping, backoff=backoff, retention=retention)
        # Records of later windows.
        self._later: deque[tuple[StreamRecord, datetime]] = deque()
        self._window: _Window | None = None
        self._ended = self._read_until = datetime.min.replace(tzinfo=UTC)
        self._is_ending = False

    @property
    def is_invoking(self) -> bool:
        """Tell whether an `Invoke` is not settled yet."""
        return self._is_ending or self._lane.is_invoking

    @property
    def first_unprocessed(self) -> int | None:
        """Return the position of the record that a successor has to begin with."""
        if self._window and self._window.first is not None:
            return self._window.first
        return self._later[0][0].position if self._later else None

    @property
    def waiting(self) -> int:
        """Return how many records are in no batch yet."""
        return self._lane.waiting + len(self._later)

    @property
    def capacity(self) -> int:
        """Return how many records the lane can take now."""
        return max(0, self._lane.capacity - len(self._later))

    @property
    def is_empty(self) -> bool:
        """Tell whether every record that was put is done or discarded, and its window has ended."""
        return self._window is None and not self._later

    def put(self, records: Iterable[StreamRecord], *, now: datetime) -> None:
        """Take records, in the shard's order, as read at *now*."""
        self._later.extend((record, now) for record in records)
        self._feed()

    def note_read_until(self, at: datetime) -> None:
        """Record that what arrived before *at* was put, or is in another lane."""
        self._read_until = max(self._read_until, at)

    def next_step(self, *, now: datetime) -> Step:
        """Return what to do now."""
        if self._is_ending:
            raise StepOrderError
        while self._window and self._is_over(self._window) and not self._window.has_state:
            self._close(self._window)
        window = self._window
        if window is None:
            return self._lane.next_step(now=now)
        if window.is_too_large or self._is_over(window):
            return self._end(window, now)
        self._lane.overhead = len(encoded(self._window_fields(window))) - len("{}") + len(",")
        match self._lane.next_step(now=now):
            case Invoke(records=records):
                return Invoke(records=records, window_fields=self._window_fields(window))
            case Wait(until=None):
                # After its end the window waits until the shard is read that far.
                return Wait(until=window.end if window.end > now else None)
            case step:
                return step

    def settle(self, outcome: Outcome, *, now: datetime) -> Settled:
        """Apply the outcome of the last `Invoke` and return what it means."""
        state = _state_of(outcome)
        if isinstance(outcome, Returned) and state is None:
            outcome = Errored(request_id=outcome.request_id)
        if self._is_ending and self._window:
            return self._settle_end(self._window, outcome, now)
        settled = self._lane.settle(outcome, now=now)
        # A state in a response that failed every record is ignored.
        if self._window and state is not None and settled.done:
            self._window.state, self._window.has_state = state, True
            self._window.is_too_large = len(encoded(state)) > STATE_LIMIT
        return settled

    def _feed(self) -> None:
        """Pass records of the open window to the inner lane; open a window where there is none."""
        while self._later:
            record, read_at = self._later[0]
            # A late record belongs to the open window or the next: windows do not go back.
            start = max(_start_of(record.arrived_at, self._mapping.tumbling_window), self._ended)
            if self._window is None:
                self._window = _Window(start=start, end=start + self._mapping.tumbling_window)
            if start > self._window.start:
                return
            if self._window.first is None:
                self._window.first = record.position
            self._later.popleft()
            self._lane.put([record], now=read_at)

    def _is_over(self, window: _Window) -> bool:
        return self._lane.is_empty and self._read_until >= window.end

    def _end(self, window: _Window, now: datetime) -> Step:
        if self._retention is not None and now - window.end > self._retention:
            self._close(window)
            return Expired(records=())
        if window.not_before is not None and now < window.not_before:
            return Wait(until=window.not_before)
        self._is_ending = True
        return Invoke(records=(), window_fields=self._window_fields(window, is_final=True))

    def _settle_end(self, window: _Window, outcome: Outcome, now: datetime) -> Settled:
        self._is_ending = False
        if not isinstance(outcome, Returned):
            window.failures += 1
            window.not_before = now + self._backoff.after(window.failures)
            return Settled(how="not_invoked" if isinstance(outcome, NotInvoked) else "retried")
        if window.is_too_large:
            first = self._lane.first_unprocessed
            self._window = _Window(start=window.start, end=window.end, first=first)
            self._feed()
        else:
            self._close(window)
        return Settled(how="done")

    def _close(self, window: _Window) -> None:
        self._window, self._ended = None, window.end
        self._feed()

    def _window_fields(self, window: _Window, *, is_final: bool = False) -> dict[str, Any]:
        """Return the event's fields beside the records: https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html."""
        return {
            "window": {"start": _written(window.start), "end": _written(window.end)},
            "state": window.state,
            "shardId": self._shard_id,
            "eventSourceARN": self._mapping.source_arn,
            "isFinalInvokeForWindow": is_final,
            "isWindowTerminatedEarly": is_final and window.is_too_large,
        }


def _start_of(at: datetime, length: timedelta) -> datetime:
    epoch = datetime.fromtimestamp(0, UTC)
    return epoch + (at - epoch) // length * length


def _state_of(outcome: Outcome) -> dict[str, Any] | None:
    if not isinstance(outcome, Returned):
        return None
    try:
        answer = json.loads(outcome.payload)
    except ValueError:
        return None
    state = answer.get("state") if isinstance(answer, dict) else None
    return state if isinstance(state, dict) else None


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
