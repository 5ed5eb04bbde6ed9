"""Make or find the ledger table, with its change stream and its indexes. Used by the data stack.

Add an index: a constant, a line in `Ledger.__init__`, and the grant of the function that queries it. The
attribute names are those of ordercast/gateways/ledger/index_keys.py; a test holds them equal, and
the beginning of sort keys too.
"""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from ordercast.settings.stage import StageSettings
from pipeline.constructs.conversions import strong
from pipeline.constructs.functions.function import Function
from pipeline.constructs.storage.table import DUE_INDEX, EncryptedTable
from pipeline.settings.existing import LEDGER

CUSTOMER_INDEX = "customer"
ADDRESS_INDEX = "address"
FAILURE_INDEX = "failure"
LISTED = ("channel", "country", "template", "campaign", "shop", "rule")
NOTIFICATIONS = "notification#"  # how the sort keys of notifications begin

NOTIFICATION_WRITTEN = {
    "eventName": ["INSERT", "MODIFY"],
    "dynamodb": {"Keys": {"sk": {"S": [{"prefix": NOTIFICATIONS}]}}},
}
"""What readers of the change stream are handed: not decisions, latest statuses, or what a ttl removes."""


class LedgerTable(EncryptedTable):
    """One item a notification, all of an order in one partition.

    Its indexes are sparse. *due*: what the sweeper is to look at, by shard and time; *customer* and
    *address*: a customer's and an address's notifications by time; *failure*: what failed, is in doubt
    or parked, by state, day, shard and time, with what lists show (docs/decisions/0009 and 0053). All
    but the last hold keys only.
    """

    def __init__(self, scope: Construct, name: str, *, stage: StageSettings, key: kms.IKey) -> None:
        super().__init__(
            scope,
            name,
            stage=stage,
            key=key,
            known_as=LEDGER,
            partition_key="pk",
            sort_key="sk",
            stream=dynamodb.StreamViewType.NEW_IMAGE,
        )
        self.add_index(DUE_INDEX, "due_shard", by="due_at")
        self.add_index(CUSTOMER_INDEX, "person", by="effective_at")
        self.add_index(ADDRESS_INDEX, "to", by="effective_at")
        self.add_index(FAILURE_INDEX, "failure", by="effective_at", holds=LISTED)

    @property
    def stream_arn(self) -> str:
        """The stream of changes, which analytics reads, and status events where a stage has them: two readers at most."""
        if self.existing:
            return str(self.existing.stream_arn)
        return strong(self.table, "StreamArn")

    def let_read_changes(self, function: Function) -> None:
        """Let Lambda poll the change stream in *function*'s name."""
        function.allow(
            *("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
            on=[self.stream_arn],
        )
        function.allow("dynamodb:ListStreams", on=[f"{self.table.table_arn}/stream/*"])
        function.allow_key("kms:Decrypt", key=self.key, through="dynamodb")
