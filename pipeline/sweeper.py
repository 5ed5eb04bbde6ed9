"""The ledger, the hub and a rhythm come in; the sweeper and its schedule go out."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from pipeline.function import Function, Surroundings
from pipeline.ledger import Ledger
from pipeline.spans import duration
from pipeline.stage import Stage
from pipeline.topic import Topic
from processors.settings import SweeperSettings


class Sweeper(Construct):
    """Publishes again what should have gone out and did not."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        within: Surroundings,
        ledger: Ledger,
        hub: Topic,
    ) -> None:
        super().__init__(scope, name)
        settings = SweeperSettings(
            ledger_table=ledger.name,
            hub_topic_arn=hub.topic.topic_arn,
            republish_after=stage.republish_after,
        )
        self.function = Function(
            self,
            "Sweeper",
            within=within,
            handler="processors.sweeper.handler",
            environment=settings.to_env(),
            memory=stage.sweeper.memory,
            timeout=stage.sweeper.timeout,
        )
        ledger.let(self.function, "BatchGetItem", "PartiQLUpdate")
        ledger.let_query_due(self.function)
        hub.let_publish(self.function)
        self._sweep_every(stage)

    def _sweep_every(self, stage: Stage) -> None:
        """Let a failed sweep lapse: the next one finds the same rows, and newer ones."""
        lapses = duration(stage.sweep_every)
        self.function.function.configure_async_invoke(max_event_age=lapses, retry_attempts=0)
        events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(lapses),
            targets=[targets.LambdaFunction(self.function.function, max_event_age=lapses)],
        )
