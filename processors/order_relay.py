"""Lambda: order events from Kinesis become notification requests on SNS."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from gateways import clients
from gateways.dynamodb import Table
from gateways.hub import SnsHub
from gateways.ledger import DynamoLedger
from gateways.parked_records import S3ParkedRecords
from gateways.topic import Topic
from notifications.errors import Retryable
from notifications.routing import Policy
from processors.batch_response import BatchResponse, from_lowest
from processors.kinesis_records import stream_records
from processors.settings import OrderRelaySettings
from workflows.relay_orders import RelayOrders

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> BatchResponse:
    """Relay one batch; what is not safely done is brought again from its lowest position."""
    log = _log()
    log.append_keys(request_id=context.aws_request_id)
    return respond(event, _wired(), log)


def respond(event: Mapping[str, Any], relay: RelayOrders, log: Logger) -> BatchResponse:
    """Unwrap, relay and answer."""
    records = stream_records(event)
    try:
        relayed = relay(records)
    except Retryable as error:
        log.warning("batch_not_relayed", extra={"reason": str(error), "records": len(records)})
        return from_lowest(record.sequence_number for record in records)
    log.info(
        "batch_relayed",
        extra={
            "records": len(records),
            "accepted": relayed.accepted,
            "repeated": relayed.repeated,
            "parked": relayed.parked,
            "published": relayed.published,
            "undone": len(relayed.undone),
        },
    )
    return from_lowest(record.sequence_number for record in relayed.undone)


@cache
def _log() -> Logger:
    return Logger(service="order-relay")


@cache
def _wired() -> RelayOrders:
    """Build once per execution environment, on the first invocation."""
    settings = OrderRelaySettings.from_env(os.environ)
    executor = ThreadPoolExecutor(clients.WORKERS)
    table = Table(client=clients.dynamodb(), name=settings.ledger_table, executor=executor)
    hub = Topic(client=clients.sns_topics(), arn=settings.hub_topic_arn, executor=executor)
    return RelayOrders(
        ledger=DynamoLedger(table=table),
        hub=SnsHub(topic=hub),
        parked=S3ParkedRecords(client=clients.s3(), bucket=settings.parked_bucket),
        policy=Policy(
            default_country=settings.default_country,
            retention=settings.retention,
            republish_after=settings.republish_after,
        ),
        default_currency=settings.default_currency,
        now=lambda: datetime.now(UTC),
    )
