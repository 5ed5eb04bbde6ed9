"""The orders stream, the tables and the hub come in; the relay between them goes out."""

from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from constructs import Construct

from pipeline.constructs.functions.function import Function, Surroundings
from pipeline.constructs.messaging.stream_mapping import StreamMapping
from pipeline.constructs.messaging.topic import Topic
from pipeline.constructs.storage.parked_bucket import ParkedBucket
from pipeline.constructs.storage.tables import Tables
from pipeline.stage import Stage
from processors.settings import OrderRelaySettings


class OrderRelay(Construct):
    """Order events from Kinesis become notifications on the ledger and the hub."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        within: Surroundings,
        orders: kinesis.IStream,
        tables: Tables,
        hub: Topic,
        parked: ParkedBucket,
    ) -> None:
        super().__init__(scope, name)
        settings = OrderRelaySettings(
            ledger_table=tables.ledger.name,
            customers_table=tables.customers.name,
            hub_topic_arn=hub.topic.topic_arn,
            parked_bucket=parked.bucket.bucket_name,
            default_country=stage.default_country,
            default_time_zone=stage.default_time_zone,
            default_currency=stage.default_currency,
            retention=stage.retention,
            republish_after=stage.republish_after,
            cap=stage.cap,
            quiet_hours=stage.quiet_hours,
            allowed_recipients=stage.allowed_recipients,
        )
        self.function = Function(
            self,
            "Relay",
            within=within,
            handler="processors.order_relay.handler",
            environment=settings.to_env(),
            numbers=stage.order_relay,
        )
        for table in (tables.ledger, tables.customers):
            table.let(self.function, "BatchGetItem", "PartiQLInsert", "PartiQLUpdate")
        hub.let_publish(self.function)
        parked.let_park(self.function)
        _let_read(self.function, orders, within.key)
        self.mapping = StreamMapping(
            self,
            "Orders",
            function=self.function,
            stream_arn=orders.stream_arn,
            numbers=stage.order_relay,
            given_up=parked,
        )


def _let_read(function: Function, orders: kinesis.IStream, key: kms.IKey) -> None:
    """Let Lambda poll the stream in the function's name; ours is read without enhanced fan-out."""
    function.allow(
        *("kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords"),
        *("kinesis:GetShardIterator", "kinesis:ListShards"),
        on=[orders.stream_arn],
    )
    function.allow("kms:Decrypt", on=[key.key_arn])
