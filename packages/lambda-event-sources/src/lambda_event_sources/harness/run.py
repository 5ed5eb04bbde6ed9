"""A handler, an input and a mapping's settings come in; a report of what Lambda would do with them goes out."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from lambda_event_sources.harness.function import Clock, Function, Handler, TurnedClock
from lambda_event_sources.harness.items import Change, Item, Send
from lambda_event_sources.harness.queue_run import QueueRehearsal
from lambda_event_sources.harness.report import Report
from lambda_event_sources.harness.stream_driver import StreamDriving
from lambda_event_sources.harness.stream_run import StreamRehearsal
from lambda_event_sources.limits import SettingRefused, checked
from lambda_event_sources.mapping import EventSourceMapping, Kind
from lambda_event_sources.queues.fifo_queue import FifoQueue
from lambda_event_sources.queues.standard_queue import ARN, StandardQueue
from lambda_event_sources.recordings import stream_record
from lambda_event_sources.streams.lane import Backoff
from lambda_event_sources.streams.memory import STREAM_ARN, MemoryStream

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TABLE_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/ledger/stream/2026-03-02T00:00:00.000"
QUEUE = "rehearsed"
SOURCES = {Kind.KINESIS: STREAM_ARN, Kind.DYNAMODB: TABLE_ARN}


def rehearse(  # noqa: PLR0913 - what surrounds a handler, each with its default
    handler: Handler,
    items: Iterable[Item],
    *,
    clock: Clock | None = None,
    source: Kind | None = None,
    timeout: timedelta = timedelta(minutes=1),
    takes: Callable[[], timedelta] = timedelta,
    stream: MemoryStream | None = None,
    queue: StandardQueue | None = None,
    retention: timedelta = timedelta(hours=24),
    backoff: Backoff | None = None,
    pollers: int = 1,
    **settings: Any,  # noqa: ANN401 - fields of EventSourceMapping
) -> Report:
    """Bring the items to the handler as Lambda's event source would, until nothing is left to do.

    `settings` are fields of EventSourceMapping; unlike on AWS, ReportBatchItemFailures is on unless
    `reports_item_failures` says no. `source` is told by `queue` or `stream`, or else by the first item that only
    one kind takes. `takes` says how long an invocation takes. `stream` and `queue` may be brought
    along and looked at afterwards. What AWS would refuse, or nothing could come of, is SettingRefused.
    """
    _check_surroundings(timeout, retention, pollers)
    known = source or (Kind.SQS if queue else Kind.KINESIS if stream else None)
    # An input that may be endless, or made up as it goes, is not looked at beforehand.
    listed = items if known and clock else list(items)
    kind = known or _kind_of(listed)
    if kind is Kind.SQS:
        queue = queue or _queue_of(
            listed, hides_for=6 * timeout + settings.get("window", timedelta())
        )
    mapping = checked(_mapping(kind, ARN + queue.name if queue else SOURCES[kind], settings))
    turned = clock or TurnedClock(_start_of(listed))
    function = Function(
        handler=handler, arn=mapping.function_arn, clock=turned, timeout=timeout, takes=takes
    )
    if queue:
        return QueueRehearsal(mapping, function, queue=queue, pollers=pollers).play(listed)
    stream = stream or MemoryStream(arn=SOURCES[kind])
    driving = StreamDriving(
        mapping, function, stream=stream, retention=retention, backoff=backoff or Backoff()
    )
    return StreamRehearsal(driving, function, stream).play(listed)


def spread(seed: int, *, up_to: timedelta) -> Callable[[], timedelta]:
    """Let invocations take any time up to *up_to*, the same in each run of one seed."""
    chance = Random(seed)  # noqa: S311 - a rehearsal's order, no secret
    return lambda: chance.random() * up_to


def _check_surroundings(timeout: timedelta, retention: timedelta, pollers: int) -> None:
    """Refuse what no function has, and that with which nothing would be brought."""
    if not timedelta(seconds=1) <= timeout <= timedelta(minutes=15):
        raise SettingRefused(f"timeout={timeout}: AWS takes a second to 15 minutes")
    if retention <= timedelta(0):
        raise SettingRefused(f"retention={retention}: nothing would be kept")
    if pollers < 1:
        raise SettingRefused(f"pollers={pollers}: nothing would be brought")


def _mapping(kind: Kind, arn: str, settings: Mapping[str, Any]) -> EventSourceMapping:
    defaults: dict[str, Any] = {
        "uuid": "rehearsed",
        "source_arn": arn,
        "function_arn": "arn:aws:lambda:us-east-1:000000000000:function:rehearsed",
        "batch_size": 10 if kind is Kind.SQS else 100,
        "reports_item_failures": True,
    }
    return EventSourceMapping(**{**defaults, **settings})


def _kind_of(items: Iterable[Item]) -> Kind:
    for item in items:
        if isinstance(item, Mapping):
            record = item.get("Records", [item])[0]
            return Kind(record["eventSource"].removeprefix("aws:"))
        if isinstance(item, str | Send):
            return Kind.SQS
        if isinstance(item, Change):
            return Kind.DYNAMODB
    return Kind.KINESIS


def _queue_of(items: Iterable[Item], *, hides_for: timedelta) -> StandardQueue:
    """Make a queue of the kind that the first recorded message, or the first that is sent, is for."""
    for item in items:
        record = item.get("Records", [item])[0] if isinstance(item, Mapping) else {}
        is_fifo = str(record.get("eventSourceARN", "")).endswith(".fifo")
        if is_fifo or (isinstance(item, Send) and item.group):
            return FifoQueue(name=f"{QUEUE}.fifo", hides_for=hides_for)
    return StandardQueue(name=QUEUE, hides_for=hides_for)


def _start_of(items: Iterable[Item]) -> datetime:
    """Begin when the first recorded record arrived."""
    for item in items:
        if isinstance(item, Mapping):
            first = item.get("Records", [item])[0]
            return stream_record(first)[1].arrived_at if "messageId" not in first else START
    return START
