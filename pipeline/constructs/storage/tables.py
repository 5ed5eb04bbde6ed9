"""Make the four tables of a stage. Used by the data stack; the functions grant themselves access."""

from aws_cdk import aws_kms as kms
from constructs import Construct

from ordercast.settings.stage import StageSettings
from pipeline.constructs.functions.function import Function
from pipeline.constructs.storage.ledger import LedgerTable
from pipeline.constructs.storage.receipts import ReceiptsTable
from pipeline.constructs.storage.table import EncryptedTable


class Tables:
    """The ledger, the customers, the receipts by provider's message id, and the rollups."""

    def __init__(self, scope: Construct, *, stage: StageSettings, key: kms.IKey) -> None:
        self.ledger = LedgerTable(scope, "LedgerTable", stage=stage, key=key)
        # An item has a ttl only while it holds no refusal: an opt-out that expired by itself would
        # let a message go to a person who does not want it.
        self.customers = EncryptedTable(
            scope, "Customers", stage=stage, key=key, partition_key="person"
        )
        self.receipts = ReceiptsTable(scope, "ReceiptsTable", stage=stage, key=key)
        self.rollups = EncryptedTable(
            scope, "Rollups", stage=stage, key=key, partition_key="pk", sort_key="sk"
        )

    def let_claim(self, function: Function) -> None:
        """Let *function* claim and settle notifications, and record the provider's message ids."""
        self.ledger.let(function, "BatchGetItem", "PartiQLUpdate")
        self.customers.let(function, "BatchGetItem")
        self.receipts.let_join(function)

    def let_merge_receipts(self, function: Function) -> None:
        """Let *function* merge receipts into notifications, and write suppressions."""
        self.ledger.let(function, "BatchGetItem", "PartiQLUpdate")
        self.customers.let(function, "BatchGetItem", "PartiQLInsert", "PartiQLUpdate")
        self.receipts.let_join(function)
