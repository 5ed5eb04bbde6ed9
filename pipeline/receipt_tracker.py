"""The receipts queue and the tables come in; the function that applies receipts goes out."""

from constructs import Construct

from pipeline.function import Function, Surroundings
from pipeline.stage import Stage
from pipeline.table import Table
from pipeline.work_queue import WorkQueue
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
        ledger: Table,
        receipts: Table,
    ) -> None:
        super().__init__(scope, name)
        settings = ReceiptTrackerSettings(ledger_table=ledger.name, receipts_table=receipts.name)
        self.function = Function(
            self,
            "Tracker",
            within=within,
            handler="processors.receipt_tracker.handler",
            environment=settings.to_env(),
            numbers=stage.receipt_tracker,
        )
        ledger.let(self.function, "PartiQLUpdate")
        receipts.let(self.function, "BatchGetItem")
        queue.feed(self.function)
