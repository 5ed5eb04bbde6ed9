"""Run a handler on an event source with given input. Used by test authors and the pytest fixture."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from lambda_event_sources.harness.function import Clock, Function, Handler, ManualClock
from lambda_event_sources.harness.items import Change, Item, Send
from lambda_event_sources.harness.queue_run import QueueRun
from lambda_event_sources.harness.report import Report
from lambda_event_sources.harness.stream_delivery import StreamDelivery
from lambda_event_sources.harness.stream_run import StreamRun
from lambda_event_sources.limits import InvalidSetting, validated
from lambda_event_sources.mapping import EventSourceMapping, SourceKind
from lambda_event_sources.queues.fifo_queue import FifoQueue
from lambda_event_sources.queues.standard_queue import ARN, StandardQueue
from lambda_event_sources.recordings import stream_record
from lambda_event_sources.streams.backoff import Backoff
from lambda_event_sources.streams.in_memory_stream import STREAM_ARN, InMemoryStream

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TABLE_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/ledger/stream/2026-03-02T00:00:00.000"
QUEUE = "queue"
SOURCES = {SourceKind.KINESIS: STREAM_ARN, SourceKind.DYNAMODB: TABLE_ARN}


def run_handler(  # noqa: PLR0913 - what surrounds a handler, each with its default
    handler: Handler,
    items: Iterable[Item],
    *,
    clock: Clock | None = None,
    source: SourceKind | None = None,
    timeout: timedelta = timedelta(minutes=1),
    duration: Callable[[], timedelta] = timedelta,
    stream: InMemoryStream | None = None,
    queue: StandardQueue | None = None,
    retention: timedelta = timedelta(hours=24),
    backoff: Backoff | None = None,
    pollers: int = 1,
    **settings: Any,  # noqa: ANN401 - fields of EventSourceMapping
) -> Report:
    """Deliver the items to the handler as Lambda would, until nothing is left to do.

    - `settings` are fields of EventSourceMapping; unlike on AWS, `report_batch_item_failures` is on
      unless it is given as False
    - `source`: the kind of source; by default that of `queue` or `stream`, or of the first item that
      only one kind takes, or else Kinesis
    - `duration` returns how long an invocation takes
    - `stream` and `queue` may be given and inspected afterwards
    - `pollers`: how many batches of a queue are in flight at once
    - `clock`: with one, and a known source, the items may be a generator, even an endless one

    Raises InvalidSetting for what AWS refuses, or what would deliver nothing.
    """
    _check_surroundings(timeout, retention, pollers)
    known = source or (SourceKind.SQS if queue else SourceKind.KINESIS if stream else None)
    # With a clock and a known source the input is not read ahead: it may be endless.
    listed = items if known and clock else list(items)
    kind = known or _kind_of(listed)
    if kind is SourceKind.SQS:
        queue = queue or _queue_of(
            listed,
            visibility_timeout=6 * timeout + settings.get("max_batching_window", timedelta()),
        )
    mapping = validated(_mapping(kind, ARN + queue.name if queue else SOURCES[kind], settings))
    turned = clock or ManualClock(_start_of(listed))
    function = Function(
        handler=handler, arn=mapping.function_arn, clock=turned, timeout=timeout, duration=duration
    )
    if queue:
        return QueueRun(mapping, function, queue=queue, pollers=pollers).run(listed)
    stream = stream or InMemoryStream(arn=SOURCES[kind])
    delivery = StreamDelivery(
        mapping, function, stream=stream, retention=retention, backoff=backoff or Backoff()
    )
    return StreamRun(delivery, function, stream).run(listed)


def random_durations(seed: int, *, up_to: timedelta) -> Callable[[], timedelta]:
    """Return a duration up to *up_to* for each invocation, the same in each run of one seed."""
    chance = Random(seed)  # noqa: S311 - the order of a run, not a secret
    return lambda: chance.random() * up_to


def _check_surroundings(timeout: timedelta, retention: timedelta, pollers: int) -> None:
    """Refuse what no function has, and with which nothing would be delivered."""
    if not timedelta(seconds=1) <= timeout <= timedelta(minutes=15):
        raise InvalidSetting(f"timeout={timeout}: AWS takes a second to 15 minutes")
    if retention <= timedelta(0):
        raise InvalidSetting(f"retention={retention}: nothing would be kept")
    if pollers < 1:
        raise InvalidSetting(f"pollers={pollers}: nothing would be delivered")


def _mapping(kind: SourceKind, arn: str, settings: Mapping[str, Any]) -> EventSourceMapping:
    defaults: dict[str, Any] = {
        "uuid": "mapping",
        "source_arn": arn,
        "function_arn": "arn:aws:lambda:us-east-1:000000000000:function:handler",
        "batch_size": 10 if kind is SourceKind.SQS else 100,
        "report_batch_item_failures": True,
    }
    return EventSourceMapping(**{**defaults, **settings})


def _kind_of(items: Iterable[Item]) -> SourceKind:
    for item in items:
        if isinstance(item, Mapping):
            record = item.get("Records", [item])[0]
            return SourceKind(record["eventSource"].removeprefix("aws:"))
        if isinstance(item, str | Send):
            return SourceKind.SQS
        if isinstance(item, Change):
            return SourceKind.DYNAMODB
    return SourceKind.KINESIS


def _queue_of(items: Iterable[Item], *, visibility_timeout: timedelta) -> StandardQueue:
    """Make a queue of the kind that the first recorded message, or the first message sent, needs."""
    for item in items:
        record = item.get("Records", [item])[0] if isinstance(item, Mapping) else {}
        is_fifo = str(record.get("eventSourceARN", "")).endswith(".fifo")
        if is_fifo or (isinstance(item, Send) and item.group):
            return FifoQueue(name=f"{QUEUE}.fifo", visibility_timeout=visibility_timeout)
    return StandardQueue(name=QUEUE, visibility_timeout=visibility_timeout)


def _start_of(items: Iterable[Item]) -> datetime:
    """Begin when the first recorded record arrived."""
    for item in items:
        if isinstance(item, Mapping):
            first = item.get("Records", [item])[0]
            return stream_record(first)[1].arrived_at if "messageId" not in first else START
    return START
