"""A stage and its key come in; the tables that remember for it go out, together."""

from aws_cdk import CfnOutput
from aws_cdk import aws_kms as kms
from constructs import Construct

from pipeline.constructs.functions.function import Function
from pipeline.constructs.storage.ledger import Ledger
from pipeline.constructs.storage.receipts import Receipts
from pipeline.constructs.storage.table import Table
from pipeline.stage import Stage


class Tables:
    """Every notification's story, what is known of people, whose a provider's message is, and the books."""

    def __init__(self, scope: Construct, *, stage: Stage, key: kms.IKey) -> None:
        self.ledger = Ledger(scope, "Ledger", stage=stage, key=key)
        # Only who has nothing on record has a ttl: a refusal that lapsed by itself would be a
        # message to somebody who said no.
        self.customers = Table(scope, "Customers", stage=stage, key=key, partition_key="person")
        self.receipts = Receipts(scope, "Receipts", stage=stage, key=key)
        self.rollups = Table(
            scope, "Rollups", stage=stage, key=key, partition_key="pk", sort_key="sk"
        )
        CfnOutput(scope, "LedgerTableName", value=self.ledger.name)
        CfnOutput(scope, "CustomersTableName", value=self.customers.name)
        CfnOutput(scope, "ReceiptsTableName", value=self.receipts.name)
        CfnOutput(scope, "RollupsTableName", value=self.rollups.name)

    def let_claim(self, function: Function) -> None:
        """Let *function* claim and settle notifications, and note whose a provider's message is."""
        self.ledger.let(function, "BatchGetItem", "PartiQLUpdate")
        self.customers.let(function, "BatchGetItem")
        self.receipts.let_join(function)

    def let_take_facts(self, function: Function) -> None:
        """Let *function* join receipts to their notifications, and remember what they teach."""
        self.ledger.let(function, "BatchGetItem", "PartiQLUpdate")
        self.customers.let(function, "BatchGetItem", "PartiQLInsert", "PartiQLUpdate")
