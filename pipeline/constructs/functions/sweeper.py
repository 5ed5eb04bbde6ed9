"""Deploy the function that looks for what is due: deferred, unclaimed, in doubt, without receipt."""

from constructs import Construct

from ordercast.settings.processors import SweeperSettings
from pipeline.constructs.functions.function import Function
from pipeline.constructs.functions.parts import StageParts
from pipeline.constructs.functions.schedule import run_every


class Sweeper(Function):
    """Release what was deferred, publish again what was lost, and close what had no receipt."""

    def __init__(self, scope: Construct, name: str, *, parts: StageParts) -> None:
        stage, tables, receipts = parts.stage, parts.tables, parts.queues.receipts
        super().__init__(
            scope,
            name,
            defaults=parts.defaults,
            handler="processors.sweeper.handler",
            environment=SweeperSettings(
                ledger_table=tables.ledger.name,
                customers_table=tables.customers.name,
                receipts_table=tables.receipts.name,
                notifications_topic_arn=parts.notifications.topic.topic_arn,
                receipts_queue_url=receipts.queue.queue_url,
                receipts_dead_letters_url=receipts.dead_letters.queue_url,
                republish_after=stage.republish_after,
                resend_email_after=stage.resend_email_after,
                receipt_timeout=stage.receipt_timeout,
                claim_lease=stage.claim_lease,
                soft_bounces=stage.soft_bounces,
            ),
            settings=stage.sweeper,
        )
        tables.let_merge_receipts(self)
        tables.ledger.let_query_due(self)
        tables.ledger.let_query_failures(self)
        tables.receipts.let_query_due(self)
        receipts.let_count(self)
        parts.notifications.let_publish(self)
        run_every(self, stage.sweep_every)
