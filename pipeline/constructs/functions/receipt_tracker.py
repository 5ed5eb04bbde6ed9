"""The receipts queue and the tables come in; the function that applies receipts goes out."""

from constructs import Construct

from pipeline.constructs.functions.function import Function, Surroundings
from pipeline.constructs.messaging.work_queue import WorkQueue
from pipeline.constructs.storage.tables import Tables
from pipeline.stage import Stage
from processors.settings import ReceiptTrackerSettings


class ReceiptTracker(Construct):
    """What SES and the carriers say of a message becomes a fact on the ledger."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        within: Surroundings,
        queue: WorkQueue,
        tables: Tables,
    ) -> None:
        super().__init__(scope, name)
        settings = ReceiptTrackerSettings(
            ledger_table=tables.ledger.name,
            customers_table=tables.customers.name,
            receipts_table=tables.receipts.name,
            receipt_retention=stage.receipt_retention,
            silence=stage.silence_after,
            # By then a sender has recorded its messages, or its claim has lapsed.
            orphan_wait=3 * stage.claim_lease,
            soft_bounces=stage.soft_bounces,
        )
        self.function = Function(
            self,
            "Tracker",
            within=within,
            handler="processors.receipt_tracker.handler",
            environment=settings.to_env(),
            numbers=stage.receipt_tracker,
        )
        tables.let_take_facts(self.function)
        tables.receipts.let_join(self.function)
        queue.feed(self.function)
