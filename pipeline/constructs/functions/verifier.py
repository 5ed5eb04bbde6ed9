"""Deploy the function that compares the rollups of past hours with the ledger and the stream."""

from datetime import timedelta

from aws_cdk import Aws
from constructs import Construct

from ordercast.settings.analytics import MINUTES_APART, VerifierSettings
from ordercast.settings.choice_by_cost import write_choice
from pipeline.constructs.functions.analytics import COUNTING
from pipeline.constructs.functions.parts import StageFunction, StageParts
from pipeline.constructs.storage.table import DUE_INDEX


class Verifier(StageFunction):
    """Compare hours that are over, and count carrier charges of unknown messages."""

    def __init__(self, scope: Construct, *, parts: StageParts) -> None:
        stage, tables = parts.stage, parts.tables
        super().__init__(
            scope,
            parts,
            "analytics.verifier.handler",
            VerifierSettings,
            stream_retention=stage.orders.retention,
            redelivered_for=stage.order_relay.max_age,
            region=Aws.REGION,
            choice_by_cost=write_choice(stage.choice_by_cost),
        )
        # It corrects what crashes have left drawn from budgets, and writes velocity limits and
        # how routes have delivered.
        tables.ledger.let(self, "BatchGetItem", "PartiQLInsert", "PartiQLUpdate")
        tables.rollups.let(self, *COUNTING, "Query")
        tables.receipts.let(self, "BatchGetItem")
        tables.receipts.let_query(self, index=DUE_INDEX)
        parts.parked.let_read(self)
        self.allow(
            *("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"),
            on=[parts.orders.stream_arn],
        )
        self.allow_key("kms:Decrypt", key=parts.defaults.key, through="kinesis")
        # CloudWatch knows no metric by an ARN (service authorization reference).
        self.allow("cloudwatch:GetMetricData", on=["*"])
        # Never two at a time: together they would take more of the stream than the relay can spare.
        self.run_every(timedelta(minutes=MINUTES_APART), inputs=[{}])
