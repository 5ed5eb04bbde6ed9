"""Lambda: act on notifications and receipt logs that are due. Invoked each minute."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

from ordercast.gateways import clients
from ordercast.gateways.invocations.request_log import request_log
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.gateways.messaging.notifications_topic import SnsNotificationsTopic
from ordercast.gateways.messaging.receipt_queue import SqsReceiptQueue
from ordercast.gateways.messaging.topic import Topic
from ordercast.gateways.people.dynamo_people import DynamoPeople
from ordercast.gateways.receipt_logs.dynamo_receipt_logs import DynamoReceiptLogs
from ordercast.settings.processors import SweeperSettings
from ordercast.wiring.sweep import SweeperPorts, sweep_notifications, sweep_receipts
from ordercast.wiring.tables import tables
from ordercast.workflows.sweep_notifications import SweepNotifications
from ordercast.workflows.sweep_receipts import SweepReceipts

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(_event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Do one round; if it fails, the next minute tries again."""
    answer = respond(*_wired())
    request_log("sweeper", context).info("round_swept", extra=answer)
    return answer


def respond(receipt_logs: SweepReceipts, rows: SweepNotifications) -> dict[str, Any]:
    """Do both halves, receipts first: they may resolve a doubt that would be acted on."""
    try:
        receipts = receipt_logs()
    finally:
        # A failure of one half must not hold up the other.
        swept = rows()
    return {
        "looked_at": swept.looked_at,
        "published": swept.published,
        "doubtful": swept.doubtful,
        "bugs": list(swept.bugs),
        "receipts_applied": receipts.applied,
        "timed_out": receipts.timed_out,
        "matched": receipts.matched + swept.matched,
        "unattributed": receipts.unattributed,
    }


@cache
def _wired() -> tuple[SweepReceipts, SweepNotifications]:
    """Build once per execution environment, on the first invocation."""
    settings = SweeperSettings.from_env(os.environ)
    executor = ThreadPoolExecutor(clients.WORKERS)
    table = tables(executor)
    customers = table(settings.customers_table)
    topic = Topic(
        client=clients.sns_topics(), arn=settings.notifications_topic_arn, executor=executor
    )
    ports = SweeperPorts(
        ledger=DynamoLedger(table=table(settings.ledger_table), customers=customers),
        people=DynamoPeople(table=customers),
        receipt_logs=DynamoReceiptLogs(table=table(settings.receipts_table)),
        notifications_topic=SnsNotificationsTopic(topic=topic),
        receipt_queue=SqsReceiptQueue(
            client=clients.sqs(),
            cloudwatch=clients.cloudwatch(),
            url=settings.receipts_queue_url,
            dead_letters_url=settings.receipts_dead_letters_url,
        ),
    )
    receipts = sweep_receipts(ports, settings)
    return receipts, sweep_notifications(ports, settings, receipts)
