"""The ledger comes in; the function that counts its changes goes out."""

from constructs import Construct

from analytics.settings import AnalyticsSettings
from pipeline.constructs.functions.function import Function, Surroundings
from pipeline.constructs.messaging.stream_mapping import StreamMapping
from pipeline.constructs.storage.parked_bucket import ParkedBucket
from pipeline.constructs.storage.tables import Tables
from pipeline.stage import Stage

COUNTING = ("BatchGetItem", "PutItem", "UpdateItem")
"""What counting asks of the rollups; a transaction needs what its actions need by themselves."""


class Analytics(Construct):
    """Changes on the ledger are counted in the rollups, and become metrics as EMF lines."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        within: Surroundings,
        tables: Tables,
        parked: ParkedBucket,
    ) -> None:
        super().__init__(scope, name)
        settings = AnalyticsSettings(
            stage=stage.name, metrics=stage.metrics, rollups_table=tables.rollups.name
        )
        self.function = Function(
            self,
            "Processor",
            within=within,
            handler="analytics.processor.handler",
            environment=settings.to_env(),
            numbers=stage.analytics,
        )
        tables.ledger.let_read_changes(self.function)
        tables.rollups.let(self.function, *COUNTING)
        self.mapping = StreamMapping(
            self,
            "Changes",
            function=self.function,
            stream_arn=tables.ledger.stream_arn,
            numbers=stage.analytics,
            given_up=parked,
        )
