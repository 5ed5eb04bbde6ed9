"""Deploy the function that turns order events from Kinesis into notifications."""

from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from ordercast.settings.processors import OrderRelaySettings
from pipeline.constructs.conversions import strong
from pipeline.constructs.functions.parts import StageFunction, StageParts
from pipeline.constructs.messaging.stream_mapping import map_stream


class OrderRelay(StageFunction):
    """Enter each notification in the ledger, then publish it on the notifications topic."""

    def __init__(self, scope: Construct, *, parts: StageParts) -> None:
        stage, tables = parts.stage, parts.tables
        super().__init__(scope, parts, "processors.order_relay.handler", OrderRelaySettings)
        for table in (tables.ledger, tables.customers):
            table.let(self, "BatchGetItem", "PartiQLInsert", "PartiQLUpdate")
        parts.secret.let_read(self)
        parts.notifications.let_publish(self)
        parts.parked.let_park(self)
        self._let_read(parts.orders)
        self.mapping = map_stream(
            strong(parts.orders, "Arn"), to=self, settings=stage.order_relay, given_up=parts.parked
        )
        self.allow_key("kms:Decrypt", key=parts.defaults.key, through="kinesis")

    def _let_read(self, orders: kinesis.IStream) -> None:
        """Let Lambda poll the stream in the function's name, without enhanced fan-out."""
        self.allow(
            *("kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords"),
            *("kinesis:GetShardIterator", "kinesis:ListShards"),
            on=[orders.stream_arn],
        )
