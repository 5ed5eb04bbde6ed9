"""Deploy the function that counts the ledger's changes in the rollups."""

from constructs import Construct

from ordercast.settings.analytics import AnalyticsSettings
from pipeline.constructs.functions.parts import StageFunction, StageParts
from pipeline.constructs.messaging.stream_mapping import map_stream
from pipeline.constructs.storage.ledger import NOTIFICATION_WRITTEN

COUNTING = ("BatchGetItem", "PutItem", "UpdateItem")
"""What counting asks of the rollups; a transaction needs what its actions need by themselves."""


class Analytics(StageFunction):
    """Count each change once, and publish metrics as log lines (EMF)."""

    def __init__(self, scope: Construct, *, parts: StageParts) -> None:
        stage, tables = parts.stage, parts.tables
        super().__init__(scope, parts, "analytics.processor.handler", AnalyticsSettings)
        tables.ledger.let_read_changes(self)
        tables.ledger.let(self, "BatchGetItem")  # budgets
        tables.rollups.let(self, *COUNTING)
        self.mapping = map_stream(
            tables.ledger.stream_arn,
            to=self,
            settings=stage.analytics,
            given_up=parts.parked,
            only=[NOTIFICATION_WRITTEN],
        )
