"""Lambda: act on notifications and receipt logs that are due. Invoked each minute."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from ordercast.gateways import clients
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.gateways.messaging.notifications_topic import SnsNotificationsTopic
from ordercast.gateways.messaging.receipt_queue import SqsReceiptQueue
from ordercast.gateways.messaging.topic import Topic
from ordercast.gateways.people.dynamo_people import DynamoPeople
from ordercast.gateways.receipt_logs.dynamo_receipt_logs import DynamoReceiptLogs
from ordercast.sending.due_policy import DuePolicy
from ordercast.settings.processors import SweeperSettings
from ordercast.templates import send_within
from ordercast.wiring.tables import tables
from ordercast.workflows.match_receipts import MatchReceipts
from ordercast.workflows.merge_receipts import MergeReceipts, SuppressFromReceipts
from ordercast.workflows.sweep_notifications import SweepNotifications, Swept
from ordercast.workflows.sweep_receipts import ReceiptsSwept, SweepReceipts

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

NOTIFICATIONS_A_ROUND = 400


def handler(_event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Do one round; if it fails, the next minute tries again."""
    log = _log()
    log.append_keys(request_id=context.aws_request_id)
    answer = _wired()()
    log.info("round_swept", extra=answer)
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class SweeperWorkflows:
    """The two halves of a round."""

    receipt_logs: SweepReceipts
    rows: SweepNotifications

    def __call__(self) -> dict[str, Any]:
        """Merge receipts first: they may resolve a doubt that would be acted on."""
        try:
            receipt_logs = self.receipt_logs()
        finally:
            # A failure of one half must not hold up the other.
            rows = self.rows()
        return _answer(rows, receipt_logs)


def _answer(swept: Swept, receipt_logs: ReceiptsSwept) -> dict[str, Any]:
    return {
        "looked_at": swept.looked_at,
        "published": swept.published,
        "doubtful": swept.doubtful,
        "bugs": list(swept.bugs),
        "receipts_applied": receipt_logs.applied,
        "timed_out": receipt_logs.timed_out,
        "matched": receipt_logs.matched + swept.matched,
        "unattributed": receipt_logs.unattributed,
    }


@cache
def _log() -> Logger:
    return Logger(service="sweeper")


@cache
def _wired() -> SweeperWorkflows:
    """Build once per execution environment, on the first invocation."""
    settings = SweeperSettings.from_env(os.environ)
    executor = ThreadPoolExecutor(clients.WORKERS)
    table = tables(executor)
    customers = table(settings.customers_table)
    notifications_topic = Topic(
        client=clients.sns_topics(), arn=settings.notifications_topic_arn, executor=executor
    )
    ledger = DynamoLedger(table=table(settings.ledger_table), customers=customers)
    kept = DynamoReceiptLogs(table=table(settings.receipts_table))
    receipt_logs = SweepReceipts(
        receipt_logs=kept,
        merge=MergeReceipts(ledger=ledger, receipt_timeout=settings.receipt_timeout, now=_now),
        suppress=SuppressFromReceipts(
            ledger=ledger,
            people=DynamoPeople(table=customers),
            soft_bounces=settings.soft_bounces,
        ),
        match=MatchReceipts(ledger=ledger, receipt_logs=kept, lease=settings.claim_lease),
        receipt_timeout=settings.receipt_timeout,
        now=_now,
        limit=NOTIFICATIONS_A_ROUND,
    )
    rows = SweepNotifications(
        ledger=ledger,
        notifications_topic=SnsNotificationsTopic(topic=notifications_topic),
        receipts=SqsReceiptQueue(
            client=clients.sqs(),
            cloudwatch=clients.cloudwatch(),
            url=settings.receipts_queue_url,
            dead_letters_url=settings.receipts_dead_letters_url,
        ),
        match_texts=receipt_logs.match_texts,
        send_within=send_within,
        due_policy=DuePolicy(
            first_wait=settings.republish_after,
            resend_email_after=settings.resend_email_after or None,
            receipt_timeout=settings.receipt_timeout,
        ),
        now=_now,
        limit=NOTIFICATIONS_A_ROUND,
    )
    return SweeperWorkflows(receipt_logs=receipt_logs, rows=rows)


def _now() -> datetime:
    return datetime.now(UTC)
