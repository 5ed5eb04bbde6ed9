"""Play responses to a shard with tumbling windows and list its steps. Used by tests of windows."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from support.lanes import NOON, SECOND, a_mapping, record

from lambda_event_sources.events import StreamRecord
from lambda_event_sources.on_failure import DiscardBatch
from lambda_event_sources.outcomes import Returned
from lambda_event_sources.streams.backoff import Backoff
from lambda_event_sources.streams.shard_batcher import ShardBatcher
from lambda_event_sources.streams.steps import Expired, Invoke, Wait

SHARD = "shardId-000000000006"
WINDOW = 120 * SECOND
HOUR = timedelta(hours=1)


def a_shard(
    *records: StreamRecord, retention: timedelta | None = None, **settings: Any
) -> ShardBatcher:
    shard = ShardBatcher(
        a_mapping(**{"tumbling_window": WINDOW} | settings),
        shard_id=SHARD,
        backoff=Backoff(first=SECOND, most=SECOND),
        retention=retention,
    )
    shard.put(records, now=NOON)
    return shard


def at(number: int, seconds: float, key: str = "") -> StreamRecord:
    """Return a record that arrived so long after noon."""
    return record(number, age=-seconds * SECOND, key=key)


def answer(state: Any, *failed: int) -> Returned:
    items = [{"itemIdentifier": str(number)} for number in failed]
    return Returned(payload=json.dumps({"state": state, "batchItemFailures": items}).encode())


def counted(step: Invoke) -> Returned:
    """Answer as a function that counts records."""
    return answer({"count": step.window_fields["state"].get("count", 0) + len(step.records)})


def play(
    shard: ShardBatcher,
    *answers: Any,
    otherwise: Callable[[Invoke], Any] = counted,
    until: datetime = NOON + HOUR,
) -> list[Any]:
    """Carry out steps, sitting out every wait with nothing to read; tell numbers, state, and ends."""
    now, left = NOON, list(answers)
    steps: list[Any] = []
    for _ in range(_STEPS):
        shard.note_read_until(now)
        match shard.next_step(now=now):
            case Invoke(records=records, window_fields=window_fields, lane=lane) as step:
                steps.append(
                    (
                        [r.position for r in records],
                        window_fields["state"],
                        window_fields["isFinalInvokeForWindow"],
                    )
                )
                shard.settle(lane, left.pop(0) if left else otherwise(step), now=now)
            case DiscardBatch(records=records):
                steps.append(("discarded", [r.position for r in records]))
            case Expired():
                steps.append("expired")
            case Wait(until=None):
                return steps
            case Wait(until=datetime() as moment):
                now = moment
                if now > until:
                    return steps
    raise AssertionError(steps)


_STEPS = 2000
"""A steps that is longer has no end."""
