"""A stage comes in; the ledger table goes out, with its change stream and its indexes."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from pipeline.constructs.functions.function import Function
from pipeline.constructs.storage.table import Table, number, text
from pipeline.stage import Stage

DUE_INDEX = "due"
CUSTOMER_INDEX = "customer"
FAILURE_INDEX = "failure"


class Ledger(Table):
    """Every notification and what is known of it, an order's story in one partition.

    Its indexes are sparse and hold keys only. *due*: what waits for the sweeper, by shard and time;
    *customer*: a customer's notifications by time; *failure*: what failed, is in doubt or parked,
    by state, day and shard (docs/decisions/0009).
    """

    def __init__(self, scope: Construct, name: str, *, stage: Stage, key: kms.IKey) -> None:
        super().__init__(
            scope,
            name,
            stage=stage,
            key=key,
            partition_key="pk",
            sort_key="sk",
            stream=dynamodb.StreamViewType.NEW_IMAGE,
        )
        self._index(DUE_INDEX, "due_shard", by=number("due_at"))
        self._index(CUSTOMER_INDEX, "person", by=number("accepted_at"))
        self._index(FAILURE_INDEX, "failure")

    @property
    def stream_arn(self) -> str:
        """The stream of changes that analytics reads."""
        arn = self.table.table_stream_arn
        if arn is None:
            message = "the ledger was built without a stream"
            raise TypeError(message)
        return arn

    def let_query_due(self, function: Function) -> None:
        """Let *function* ask what is due."""
        self.let_query(function, index=DUE_INDEX)

    def let_query_failures(self, function: Function) -> None:
        """Let *function* ask what failed or is in doubt."""
        self.let_query(function, index=FAILURE_INDEX)

    def let_read_changes(self, function: Function) -> None:
        """Let Lambda poll the change stream in *function*'s name."""
        function.allow(
            *("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
            on=[self.stream_arn],
        )
        function.allow("dynamodb:ListStreams", on=[f"{self.table.table_arn}/stream/*"])
        function.allow("kms:Decrypt", on=[self.key.key_arn])

    def _index(self, name: str, partition: str, *, by: dynamodb.Attribute | None = None) -> None:
        self.table.add_global_secondary_index(
            index_name=name,
            partition_key=text(partition),
            sort_key=by,
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
