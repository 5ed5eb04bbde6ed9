"""Play outcomes to a parallelization lane and list its steps. Used by tests of the model."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lambda_event_sources.events import StreamRecord
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.on_failure import DiscardBatch
from lambda_event_sources.outcomes import Returned
from lambda_event_sources.streams.backoff import Backoff
from lambda_event_sources.streams.parallelization_lane import ParallelizationLane
from lambda_event_sources.streams.steps import Expired, Invoke, Wait

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANSWERS = json.loads((Path(__file__).parents[1] / "recordings/batch_responses.json").read_text())


def record(
    number: int, *, size: int = 100, age: timedelta = timedelta(0), key: str = ""
) -> StreamRecord:
    return StreamRecord(
        sequence_number=str(number), arrived_at=NOON - age, event={}, size=size, key=key
    )


def a_mapping(**settings: Any) -> EventSourceMapping:
    return EventSourceMapping(
        **dict[str, Any](
            uuid="m-1",
            source_arn="arn:aws:kinesis:us-east-1:000000000000:stream/orders",
            function_arn="arn:aws:lambda:us-east-1:000000000000:function:relay",
            batch_size=100,
            report_batch_item_failures=True,
        )
        | settings
    )


def a_lane(
    *records: StreamRecord, retention: timedelta | None = None, **settings: Any
) -> ParallelizationLane:
    backoff = Backoff(first=SECOND, most=4 * SECOND)
    lane = ParallelizationLane(a_mapping(**settings), backoff=backoff, retention=retention)
    lane.put(records, now=NOON)
    return lane


def failing(*numbers: Any) -> Returned:
    items = [{"itemIdentifier": number} for number in numbers]
    return Returned(payload=json.dumps({"batchItemFailures": items}).encode(), request_id="r-1")


SUCCESS = Returned(payload=b'{"batchItemFailures": []}')


def delivered(lane: ParallelizationLane, *, at: datetime = NOON) -> list[int]:
    """Read the sequence numbers that the lane wants to be delivered now."""
    step = lane.next_step(now=at)
    assert isinstance(step, Invoke), step
    return [record.position for record in step.records]


def play(lane: ParallelizationLane, *outcomes: Any) -> list[Any]:
    """Carry out steps, sitting out every wait, until the outcomes are used up and nothing is due."""
    now, left = NOON, list(outcomes)
    steps: list[Any] = []
    while True:
        step = lane.next_step(now=now)
        match step:
            case Wait(until=None):
                return steps
            case Wait(until=datetime() as until):
                now = until
            case DiscardBatch():
                steps.append((str(step.condition), [r.position for r in step.records]))
            case Expired():
                steps.append(("expired", [r.position for r in step.records]))
            case Invoke():
                steps.append([r.position for r in step.records])
                if not left:
                    return steps
                lane.settle(left.pop(0), now=now)
