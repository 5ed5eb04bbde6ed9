"""One shard: its records, the function's outcomes and the time come in, the next step of any lane goes out."""

import zlib
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lambda_event_sources.events import StreamRecord
from lambda_event_sources.filtering.filters import Filters
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.outcomes import Outcome
from lambda_event_sources.streams.lane import Backoff, Invoke, Lane, Settled, Step, Wait
from lambda_event_sources.streams.sequencer import HORIZON, Position, after
from lambda_event_sources.streams.tumbling import TumblingLane

READ_AHEAD = 10_000
"""How many records may wait in a shard's lanes: as many as one GetRecords brings."""


class ShardSource:
    """Bring one shard's records to a function, in as many batches at once as it has lanes.

    Feed it with `put` while it has `room`, say `reach` when there is nothing to read, ask
    `next_step`, carry it out, `settle` each `Invoke`.
    The rules, each with a test that docs/event-sources.md names:

    - as many lanes as the mapping's parallelization, each with one batch at a time
    - the records of one key are all in one lane, so that their order is kept
    - a lane that is stuck does not hold up the others
    - what the filters leave out is in no batch, and the shard comes past it as past what is done
    - the shard has come as far as the first record that is not done, in whatever lane; whoever goes
      on for another begins there, and brings again what other lanes had done beyond it

    - of tumbling windows each lane has its own (`tumbling`); a closed shard's last one ends early,
      and its children know nothing of it

    AWS does not say how it spreads keys over lanes, nor how far it reads ahead of one that is stuck:
    here by a checksum of the key, and by READ_AHEAD.
    """

    def __init__(
        self,
        mapping: EventSourceMapping,
        *,
        shard_id: str = "",
        position: Position = HORIZON,
        backoff: Backoff | None = None,
        retention: timedelta | None = None,
    ) -> None:
        self._lanes = [
            _lane(mapping, shard_id, backoff, retention) for _ in range(mapping.parallelization)
        ]
        self._filters = Filters(mapping.kind, mapping.filters)
        self._position = position
        # What was read and is not known to be done, in order; some of it may be.
        self._read: deque[str] = deque()
        self._ends = False

    @property
    def position(self) -> Position:
        """Say where a successor goes on: after what is done or given up without a gap."""
        return self._position

    @property
    def room(self) -> int:
        """Say how many records can be taken up now: what the emptiest lane still takes."""
        waiting = sum(lane.waiting for lane in self._lanes)
        return max(0, min(max(lane.room for lane in self._lanes), READ_AHEAD - waiting))

    @property
    def is_finished(self) -> bool:
        """Tell whether the shard is closed, read to its end, and all of it is done or given up."""
        return self._ends and all(lane.is_empty for lane in self._lanes)

    def put(self, records: Iterable[StreamRecord], *, now: datetime) -> tuple[StreamRecord, ...]:
        """Take up records, in the shard's order, as read at *now*; return those filtered out."""
        left_out = []
        for record in records:
            self._reach(record.arrived_at)
            self._read.append(record.sequence_number)
            if self._filters.let_through(record.event):
                self._lanes[lane_of(record.key, len(self._lanes))].put([record], now=now)
            else:
                left_out.append(record)
        if left_out:
            self._advance()
        return tuple(left_out)

    def reach(self, now: datetime) -> None:
        """Note that nothing was left to read at *now*."""
        self._reach(now)

    def end(self) -> None:
        """Note that the shard is closed and was read to its end."""
        self._ends = True
        self._reach(datetime.max.replace(tzinfo=UTC))

    def next_step(self, *, now: datetime) -> Step:
        """Say what to do now; `Invoke` names its lane, and other lanes may go on meanwhile."""
        waits = []
        for number, lane in enumerate(self._lanes):
            if lane.is_out:
                continue
            match lane.next_step(now=now):
                case Invoke() as invoke:
                    return replace(invoke, lane=number)
                case Wait(until=until):
                    waits += [until] if until else []
                case given_up:
                    self._advance()
                    return given_up
        # A window may have closed of itself, with nothing in it.
        self._advance()
        return Wait(until=min(waits, default=None))

    def settle(self, lane: int, outcome: Outcome, *, now: datetime) -> Settled:
        """Take note of how the `Invoke` of a lane went."""
        settled = self._lanes[lane].settle(outcome, now=now)
        self._advance()
        return settled

    def _reach(self, at: datetime) -> None:
        for lane in self._lanes:
            if isinstance(lane, TumblingLane):
                lane.reach(at)

    def _advance(self) -> None:
        firsts = [lane.first_undone for lane in self._lanes]
        undone = min((first for first in firsts if first is not None), default=None)
        while self._read and (undone is None or int(self._read[0]) < undone):
            self._position = after(self._read.popleft())


def _lane(
    mapping: EventSourceMapping,
    shard_id: str,
    backoff: Backoff | None,
    retention: timedelta | None,
) -> Lane | TumblingLane:
    if mapping.tumbling_window:
        return TumblingLane(mapping, shard_id=shard_id, backoff=backoff, retention=retention)
    return Lane(mapping, backoff=backoff, retention=retention)


def lane_of(key: str, lanes: int) -> int:
    """Say which lane a key's records are in."""
    return zlib.crc32(key.encode()) % lanes
