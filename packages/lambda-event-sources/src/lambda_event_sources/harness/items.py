"""The items of a run's input: records, faults, and what happens between records. Used by test authors.

A fault stands before the record that it concerns: the first `times` invocations with that record
end as it says. Other items happen when the input reaches them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from lambda_event_sources.outcomes import Errored, NotInvoked, Outcome, Returned

ALWAYS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A record put on a data stream; bytes alone are one with the partition key `k`."""

    data: bytes
    key: str = "k"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of a table's item: the item before and after, in the values that boto3's tables take.

    Without `old` it was inserted, without `new` removed; `expired`: removed by the time to live.
    `keys` are the names of its key attributes, `view` is the stream's StreamViewType.
    """

    new: Mapping[str, Any] | None = None
    old: Mapping[str, Any] | None = None
    keys: tuple[str, ...] = ("pk", "sk")
    expired: bool = False
    view: str = "NEW_AND_OLD_IMAGES"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """A message sent to a queue; text alone is one without delay.

    `group` and `deduplication` (ids) are for FIFO queues, which take no delay for one message.
    """

    body: str
    delay: timedelta = timedelta()
    group: str = ""
    deduplication: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raises:
    """The function raises; with `late` after it has done its work."""

    times: int = 1
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesOut:
    """The function does its work, and its timeout ends before it returns."""

    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """The function is not invoked."""

    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsFailure:
    """The function does its work and reports this record as a failed item too."""

    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """The function does its work and returns `response` instead: anything that JSON can say."""

    response: Any
    times: int = 1


Fault = Raises | TimesOut | Throttled | ReportsFailure | Returns


@dataclass(frozen=True, slots=True, kw_only=True)
class Redelivery:
    """Once the next record is done, the source delivers it again, and so many records before it.

    This happens when a poller is replaced: what it had not checkpointed comes again, done or not.
    """

    records: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePasses:
    """Time passes before the next item."""

    time: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitShard:
    """A shard is split in two."""

    shard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeShards:
    """Two neighbouring shards become one."""

    shard: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RollOverShard:
    """A shard is closed and one child continues, as a table's stream does every few hours."""

    shard: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingUpdate:
    """The mapping is updated: delivery continues from the checkpoints under these settings."""

    settings: Mapping[str, Any] = field(default_factory=dict)


Recorded = Mapping[str, Any]
"""A recorded Lambda event, `{"Records": […]}`, or one record of such an event."""

Item = (
    bytes
    | str
    | Put
    | Change
    | Send
    | Recorded
    | Fault
    | Redelivery
    | TimePasses
    | SplitShard
    | MergeShards
    | RollOverShard
    | MappingUpdate
)


class FaultWithoutRecord(Exception):
    """A fault at the end of the input, with no record behind it."""


def apply_fault(
    fault: Fault, identifier: str, run: Callable[[], Outcome], request_id: str
) -> Outcome:
    """Return the outcome of an invocation with a fault; *identifier* names the record that has it."""
    match fault:
        case Throttled():
            return NotInvoked(reason="throttled")
        case Raises(late=False):
            return Errored(request_id=request_id)
        case Raises() | TimesOut():
            ended = run()
            return ended if isinstance(ended, Errored) else Errored(request_id=request_id)
        case ReportsFailure():
            return _with_failure(run(), identifier)
        case Returns():
            # A function that raises returns nothing else.
            if isinstance(ended := run(), Errored):
                return ended
            payload = json.dumps(fault.response).encode()
            return Returned(payload=payload, request_id=request_id)


def _with_failure(outcome: Outcome, identifier: str) -> Outcome:
    """Add one record to those that the function itself reports as failed."""
    if not isinstance(outcome, Returned):
        return outcome
    answer = json.loads(outcome.payload) or {}
    failures = [*(answer.get("batchItemFailures") or ()), {"itemIdentifier": identifier}]
    return replace(outcome, payload=json.dumps({**answer, "batchItemFailures": failures}).encode())
