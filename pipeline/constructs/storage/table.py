"""Make an encrypted DynamoDB table, or find one. The base of every table of the data stack."""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from ordercast.settings.stage import StageSettings
from pipeline.constructs.conversions import removal_policy
from pipeline.constructs.functions.function import Function
from pipeline.settings.existing import ExistingTable, existing_tables

TTL_ATTRIBUTE = "ttl"
DUE_INDEX = "due"  # what the sweeper is to look at, by shard and time


class EncryptedTable(Construct):
    """Billed by request, with point-in-time recovery, closed to callers without TLS.

    DynamoDB removes an item after the instant in its `ttl`, if it has one. An existing table, set in
    stages/*.toml as existing_tables by the name *known_as*, stays as it is.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: StageSettings,
        key: kms.IKey,
        known_as: str,
        partition_key: str,
        sort_key: str | None = None,
        stream: dynamodb.StreamViewType | None = None,
    ) -> None:
        super().__init__(scope, name)
        self.key = key
        self.indexes: list[str] = []
        self.existing = existing_tables(stage.existing_tables).get(known_as)
        self._warm = _warm(stage)
        if self.existing:
            self.table = _found(self, self.existing)
            return
        self.table = self._made = dynamodb.Table(
            self,
            "EncryptedTable",
            partition_key=_text(partition_key),
            sort_key=_text(sort_key) if sort_key else None,
            stream=stream,
            time_to_live_attribute=TTL_ATTRIBUTE,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=stage.deletion_protection,
            removal_policy=removal_policy(stage.removal),
            resource_policy=_tls_only(),
            warm_throughput=self._warm,
        )

    @property
    def name(self) -> str:
        """The name that CloudFormation gave it."""
        return self.table.table_name

    def add_index(
        self,
        name: str,
        partition: str,
        *,
        by: str | None = None,
        by_text: str | None = None,
        holds: Sequence[str] = (),
        warm: bool = True,
    ) -> None:
        """Add an index, sorted *by* a number or *by_text*, that *holds* these attributes besides keys.

        Unless it is *warm*, it takes what a new index takes: enough where the table seldom writes it.
        """
        self.indexes.append(name)
        if self.existing:
            return
        self._made.add_global_secondary_index(
            index_name=name,
            partition_key=_text(partition),
            sort_key=_number(by) if by else _text(by_text) if by_text else None,
            projection_type=(
                dynamodb.ProjectionType.INCLUDE if holds else dynamodb.ProjectionType.KEYS_ONLY
            ),
            non_key_attributes=list(holds) or None,
            warm_throughput=self._warm if warm else None,
        )

    def let(self, function: Function, *actions: str) -> None:
        """Let *function* use these DynamoDB actions on the items, and the key they need."""
        function.allow(*(f"dynamodb:{action}" for action in actions), on=[self.table.table_arn])
        function.allow_key(*_KEY_USE, key=self.key, through="dynamodb")

    def let_query(self, function: Function, *, index: str) -> None:
        """Let *function* query one index, not the table."""
        function.allow("dynamodb:Query", on=[f"{self.table.table_arn}/index/{index}"])
        function.allow_key(*_KEY_USE, key=self.key, through="dynamodb")


def _found(scope: Construct, existing: ExistingTable) -> dynamodb.ITable:
    return dynamodb.Table.from_table_attributes(
        scope, "Existing", table_arn=existing.arn, table_stream_arn=existing.stream_arn
    )


def _warm(stage: StageSettings) -> dynamodb.WarmThroughput | None:
    """Return what a table takes at once. Set in stages/*.toml, in the table tables."""
    reads, writes = stage.tables.warm_reads, stage.tables.warm_writes
    if not reads and not writes:
        return None
    return dynamodb.WarmThroughput(
        read_units_per_second=reads or None, write_units_per_second=writes or None
    )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _number(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.NUMBER)


# DynamoDB uses the key with the caller's permissions (DynamoDB guide: encryption at rest, usage notes,
# which writes GenerateDataKey* and ReEncrypt* and names what these stand for).
_KEY_USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


def _tls_only() -> iam.PolicyDocument:
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                sid="RequireTls",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["dynamodb:*"],
                resources=["*"],  # in a table's policy that means this table
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            )
        ]
    )
