"""The tables, the hub and a rhythm come in; the sweeper and its schedule go out."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.function import Function, Surroundings
from pipeline.constructs.messaging.topic import Topic
from pipeline.constructs.messaging.work_queue import WorkQueue
from pipeline.constructs.storage.tables import Tables
from pipeline.stage import Stage
from processors.settings import SweeperSettings


class Sweeper(Construct):
    """Releases what was deferred, publishes again what went astray, and ends what was left."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        within: Surroundings,
        tables: Tables,
        hub: Topic,
        receipts: WorkQueue,
    ) -> None:
        super().__init__(scope, name)
        settings = SweeperSettings(
            ledger_table=tables.ledger.name,
            customers_table=tables.customers.name,
            hub_topic_arn=hub.topic.topic_arn,
            receipts_queue_url=receipts.queue.queue_url,
            receipts_dead_letters_url=receipts.dead_letters.queue_url,
            republish_after=stage.republish_after,
            resend_email_after=stage.resend_email_after,
            receipts_table=tables.receipts.name,
            silence=stage.silence_after,
            claim_lease=stage.claim_lease,
            soft_bounces=stage.soft_bounces,
        )
        self.function = Function(
            self,
            "Sweeper",
            within=within,
            handler="processors.sweeper.handler",
            environment=settings.to_env(),
            numbers=stage.sweeper,
        )
        tables.let_take_facts(self.function)
        tables.ledger.let_query_due(self.function)
        tables.ledger.let_query_failures(self.function)
        tables.receipts.let_join(self.function)
        tables.receipts.let_query_due(self.function)
        receipts.let_count(self.function)
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
