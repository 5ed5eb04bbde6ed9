"""Make or find the four tables of a stage. Used by the data stack; the functions grant themselves access."""

from aws_cdk import aws_kms as kms
from constructs import Construct

from ordercast.settings.stage import StageSettings
from pipeline.constructs.functions.function import Function
from pipeline.constructs.storage.ledger import LedgerTable
from pipeline.constructs.storage.table import DUE_INDEX, EncryptedTable


class Tables:
    """The ledger, the customers, the receipts by provider's message id, and the rollups."""

    def __init__(self, scope: Construct, *, stage: StageSettings, key: kms.IKey) -> None:
        self.ledger = LedgerTable(scope, "LedgerTable", stage=stage, key=key)
        # An item has a ttl only while it holds no refusal: an opt-out that expired by itself would
        # let a message go to a person who does not want it.
        self.customers = EncryptedTable(
            scope,
            "Customers",
            stage=stage,
            key=key,
            known_as="customers",
            partition_key="person",
        )
        # Of suppressed addresses only, newest first: `ordercast suppressions list`.
        self.customers.add_index("suppressed", "suppressed", by_text="suppressed_at", warm=False)
        # One item a message of a provider: its notification, and the receipts so far. Due are those
        # that the sweeper is to look at, and those of messages that this stage has not sent
        # (docs/decisions/0012).
        self.receipts = EncryptedTable(
            scope,
            "ReceiptsTable",
            stage=stage,
            key=key,
            known_as="receipts",
            partition_key="message_id",
        )
        self.receipts.add_index(DUE_INDEX, "due_shard", by="due_at")
        self.rollups = EncryptedTable(
            scope,
            "Rollups",
            stage=stage,
            key=key,
            known_as="rollups",
            partition_key="pk",
            sort_key="sk",
        )

    @property
    def all(self) -> tuple[EncryptedTable, ...]:
        """Every table of the stage."""
        return self.ledger, self.customers, self.receipts, self.rollups

    def let_claim(self, function: Function) -> None:
        """Let *function* claim and settle notifications, and record the provider's message ids."""
        self._let_merge(function, "BatchGetItem")
        # The first of all opens buckets of pace, accounts of budgets and the list of holds, and
        # stores what messages are made from.
        self.ledger.let(function, "PartiQLInsert")

    def let_merge_receipts(self, function: Function) -> None:
        """Let *function* merge receipts into notifications, and write suppressions and holds."""
        self._let_merge(function, "BatchGetItem", "PartiQLInsert", "PartiQLUpdate")
        # The first hold of all opens their list.
        self.ledger.let(function, "PartiQLInsert")

    def _let_merge(self, function: Function, *of_customers: str) -> None:
        self.ledger.let(function, "BatchGetItem", "PartiQLUpdate")
        self.customers.let(function, *of_customers)
        self.receipts.let(function, "BatchGetItem", "PartiQLInsert", "PartiQLUpdate")
