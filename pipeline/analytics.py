"""The ledger comes in; the function that counts its changes goes out."""

from constructs import Construct

from analytics.settings import AnalyticsSettings
from pipeline.function import Function, Surroundings
from pipeline.ledger import Ledger
from pipeline.parked_bucket import ParkedBucket
from pipeline.stage import Stage
from pipeline.stream_mapping import StreamMapping


class Analytics(Construct):
    """Changes on the ledger become metrics, printed to the function's log as EMF lines."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        within: Surroundings,
        ledger: Ledger,
        parked: ParkedBucket,
    ) -> None:
        super().__init__(scope, name)
        self.function = Function(
            self,
            "Processor",
            within=within,
            handler="analytics.processor.handler",
            environment=AnalyticsSettings(stage=stage.name).to_env(),
            numbers=stage.analytics,
        )
        ledger.let_read_changes(self.function)
        self.mapping = StreamMapping(
            self,
            "Changes",
            function=self.function,
            stream_arn=ledger.stream_arn,
            numbers=stage.analytics,
            given_up=parked,
        )
