"""Deploy the function that merges receipts of SES and of carriers into notifications."""

from constructs import Construct

from ordercast.settings.processors import ReceiptTrackerSettings
from pipeline.constructs.functions.parts import StageFunction, StageParts
from pipeline.settings.checks import ORPHAN_LEASES


class ReceiptTracker(StageFunction):
    """Read the receipts queue, and write the ledger, the receipts and suppressions."""

    def __init__(self, scope: Construct, *, parts: StageParts) -> None:
        stage, tables = parts.stage, parts.tables
        super().__init__(
            scope,
            parts,
            "processors.receipt_tracker.handler",
            ReceiptTrackerSettings,
            # By then a sender has recorded its messages, or its claim has lapsed.
            orphan_wait=ORPHAN_LEASES * stage.claim_lease,
        )
        tables.let_merge_receipts(self)
        parts.secret.let_read(self)
        parts.queues.receipts.feed(self)
