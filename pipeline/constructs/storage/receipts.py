"""Make the table of receipts, with its index. Used by the data stack."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from ordercast.settings.stage import StageSettings
from pipeline.constructs.functions.function import Function
from pipeline.constructs.storage.table import EncryptedTable, number, text

DUE_INDEX = "due"


class ReceiptsTable(EncryptedTable):
    """One item a message of a provider: its notification, and the receipts so far.

    The due index is sparse and holds keys only: what the sweeper is to look at, and receipts of
    messages that this stage has not sent (docs/decisions/0012).
    """

    def __init__(self, scope: Construct, name: str, *, stage: StageSettings, key: kms.IKey) -> None:
        super().__init__(scope, name, stage=stage, key=key, partition_key="message_id")
        self.table.add_global_secondary_index(
            index_name=DUE_INDEX,
            partition_key=text("due_shard"),
            sort_key=number("due_at"),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )

    def let_join(self, function: Function) -> None:
        """Let *function* add receipts to a message."""
        self.let(function, "BatchGetItem", "PartiQLInsert", "PartiQLUpdate")

    def let_query_due(self, function: Function) -> None:
        """Let *function* query what is due."""
        self.let_query(function, index=DUE_INDEX)
