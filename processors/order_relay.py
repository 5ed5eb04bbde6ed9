"""Lambda: decide about order events and publish notifications. Invoked by the orders stream."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from ordercast.embedded_metric_format import DECIDED, DECIDED_LATE, emf_line
from ordercast.errors import Retryable
from ordercast.events.stream_record import StreamRecord
from ordercast.gateways import clients
from ordercast.gateways.invocations.batch_response import BatchResponse, from_lowest
from ordercast.gateways.invocations.deadline import deadline
from ordercast.gateways.invocations.request_log import request_log
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.gateways.messaging.notifications_topic import SnsNotificationsTopic
from ordercast.gateways.messaging.topic import Topic
from ordercast.gateways.parked.records import S3ParkedRecords
from ordercast.gateways.people.dynamo_people import DynamoPeople
from ordercast.gateways.streams.kinesis_records import stream_records
from ordercast.settings.processors import OrderRelaySettings
from ordercast.wiring.address_secret import read_address_secret
from ordercast.wiring.clock import utc_now
from ordercast.wiring.relay import RelayPorts, policy_of, relay_orders
from ordercast.wiring.tables import tables
from ordercast.workflows.ports import Deadline
from ordercast.workflows.relay_orders import Relayed, RelayOrders
from processors.traced import traced

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# A hundred single orders fit into one portion, or a few aggregates of thousands.
PORTION = 1024 * 1024  # bytes

# The longest that relaying a portion may take. With less time left, the rest is redelivered.
PORTION_TAKES = timedelta(seconds=10)


def handler(event: dict[str, Any], context: "LambdaContext") -> BatchResponse:
    """Relay one batch; it is redelivered from the first record that is not done."""
    log = request_log("order-relay", context)
    with traced("order-relay", event["Records"], os.environ):
        return respond(event, _wired(), log, time_left=deadline(context), write=_write)


def respond(
    event: Mapping[str, Any],
    relay: RelayOrders,
    log: Logger,
    *,
    time_left: Deadline,
    write: Callable[[Mapping[str, int]], None] = lambda _: None,
) -> BatchResponse:
    """Unwrap, relay portion by portion, and answer before the time runs out; *write* what was done."""
    records = stream_records(event)
    did: Counter[str] = Counter(records=len(records))
    undone: list[StreamRecord] = []
    started = 0
    stopped_by = ""
    for portion in _portions(records):
        if started and time_left() < PORTION_TAKES:
            stopped_by = "time"
            break
        try:
            relayed = relay(portion)
        except Retryable as error:
            stopped_by = str(error)
            break
        started += len(portion)
        undone += relayed.undone
        did.update(_counts(relayed))
    undone += records[started:]
    fields = {**did, "undone": len(undone)}
    if stopped_by:
        log.warning("batch_not_relayed", extra={"reason": stopped_by, **fields})
    else:
        log.info("batch_relayed", extra=fields)
    write(did)
    return from_lowest(record.sequence_number for record in undone)


def _write(did: Mapping[str, int]) -> None:
    if did["decided"]:
        figures = {DECIDED: did["decided"], DECIDED_LATE: did["late"]}
        print(emf_line(figures, stage=_settings().stage, at=utc_now()))  # noqa: T201 - CloudWatch reads it


def _portions(records: Sequence[StreamRecord]) -> Iterator[Sequence[StreamRecord]]:
    start = size = 0
    for place, record in enumerate(records):
        if size and size + len(record.payload) > PORTION:
            yield records[start:place]
            start, size = place, 0
        size += len(record.payload)
    yield records[start:]


def _counts(relayed: Relayed) -> Mapping[str, int]:
    return {
        "accepted": relayed.accepted,
        "repeated": relayed.repeated,
        "stale": relayed.stale,
        "parked": relayed.parked,
        "published": relayed.published,
        "decided": relayed.decided,
        "late": relayed.late,
    }


@cache
def _wired() -> RelayOrders:
    """Build once per execution environment, on the first invocation."""
    settings = _settings()
    read_address_secret(settings.address_secret)
    executor = ThreadPoolExecutor(clients.WORKERS)
    table = tables(executor)
    customers = table(settings.customers_table)
    topic = Topic(
        client=clients.sns_topics(), arn=settings.notifications_topic_arn, executor=executor
    )
    ports = RelayPorts(
        ledger=DynamoLedger(table=table(settings.ledger_table), customers=customers),
        people=DynamoPeople(table=customers),
        notifications_topic=SnsNotificationsTopic(topic=topic),
        parked=S3ParkedRecords(client=clients.s3(), bucket=settings.parked_bucket),
    )
    return relay_orders(ports, policy_of(settings), default_currency=settings.default_currency)


@cache
def _settings() -> OrderRelaySettings:
    return OrderRelaySettings.from_env(os.environ)
