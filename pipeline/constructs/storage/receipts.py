"""A stage comes in; the table of what is known of each provider's message goes out, with its index."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from pipeline.constructs.functions.function import Function
from pipeline.constructs.storage.table import Table, number, text
from pipeline.stage import Stage

DUE_INDEX = "due"


class Receipts(Table):
    """One item a message of a provider: whose it is, and what was said of it.

    The due index is sparse and holds keys only: what the sweeper is to look at, and what nobody
    here has sent (docs/decisions/0012).
    """

    def __init__(self, scope: Construct, name: str, *, stage: Stage, key: kms.IKey) -> None:
        super().__init__(scope, name, stage=stage, key=key, partition_key="message_id")
        self.table.add_global_secondary_index(
            index_name=DUE_INDEX,
            partition_key=text("due_shard"),
            sort_key=number("due_at"),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )

    def let_join(self, function: Function) -> None:
        """Let *function* add to what is known of a message."""
        self.let(function, "BatchGetItem", "PartiQLInsert", "PartiQLUpdate")

    def let_query_due(self, function: Function) -> None:
        """Let *function* ask what is due."""
        self.let_query(function, index=DUE_INDEX)
