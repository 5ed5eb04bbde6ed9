"""The tables, the stream and what is parked come in; the function that compares them goes out."""

from datetime import timedelta

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct

from analytics.settings import HOURS_AGO, VerifierSettings
from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.analytics import COUNTING
from pipeline.constructs.functions.function import Function, Surroundings
from pipeline.constructs.storage.parked_bucket import ParkedBucket
from pipeline.constructs.storage.tables import Tables
from pipeline.stage import Stage


class Verifier(Construct):
    """Compares hours that are over with the ledger, and counts bills that are nobody's."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        within: Surroundings,
        orders: kinesis.IStream,
        tables: Tables,
        parked: ParkedBucket,
    ) -> None:
        super().__init__(scope, name)
        self.function = Function(
            self,
            "Verifier",
            within=within,
            handler="analytics.verifier.handler",
            environment=VerifierSettings(
                stage=stage.name,
                ledger_table=tables.ledger.name,
                rollups_table=tables.rollups.name,
                receipts_table=tables.receipts.name,
                orders_stream=orders.stream_name,
                parked_bucket=parked.bucket.bucket_name,
                retention=stage.retention,
                stream_retention=stage.orders.retention,
                brought_for=stage.order_relay.max_age,
                patience=PATIENCE,
                silence=stage.silence_after,
                sole_sender=stage.sole_sender,
                default_currency=stage.default_currency,
            ).to_env(),
            numbers=stage.verifier,
        )
        tables.ledger.let(self.function, "BatchGetItem")
        tables.rollups.let(self.function, *COUNTING, "Query")
        tables.receipts.let(self.function, "BatchGetItem")
        tables.receipts.let_query_due(self.function)
        parked.let_read(self.function)
        self.function.allow(
            *("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"),
            on=[orders.stream_arn],
        )
        self.function.allow("kms:Decrypt", on=[within.key.key_arn])
        self._compare_every_hour()

    def _compare_every_hour(self) -> None:
        """Let a failed round lapse: its alarm rings, and what it would have found is still there."""
        lapses = duration(timedelta(hours=1))
        self.function.function.configure_async_invoke(max_event_age=lapses, retry_attempts=0)
        events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(lapses),
            targets=[
                targets.LambdaFunction(
                    self.function.function,
                    max_event_age=lapses,
                    event=events.RuleTargetInput.from_object({"hours_ago": hours}),
                )
                for hours in HOURS_AGO
            ],
        )


PATIENCE = timedelta(seconds=30)
"""Between two looks, so that what is on its way to the books can arrive."""
