"""Compose what watches a running pipeline: alarms, the heartbeat, and the dashboard."""

from aws_cdk import Environment, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from ordercast.settings.stage import StageSettings
from pipeline.constructs.observability.alarm_topic import AlarmTopic
from pipeline.constructs.observability.alarms import Alarms
from pipeline.constructs.observability.dashboard import Dashboard
from pipeline.constructs.observability.heartbeat import Heartbeat, heartbeats
from pipeline.constructs.observability.metrics import OrdercastMetrics
from pipeline.constructs.observability.month_budget import MonthBudget
from pipeline.constructs.observability.saved_queries import SavedQueries
from pipeline.constructs.outputs import Outputs
from pipeline.stacks.account import AccountStack
from pipeline.stacks.data import DataStack
from pipeline.stacks.pipeline import PipelineStack


class ObservabilityStack(Stack):
    """Deployed last, so that an alarm never keeps the pipeline from being deployed."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        env: Environment | None = None,
        stage: StageSettings,
        data: DataStack,
        pipeline: PipelineStack,
        account: AccountStack,
    ) -> None:
        super().__init__(scope, name, env=env)
        key = kms.Key.from_key_arn(self, "Key", data.key.key_arn)
        metrics = OrdercastMetrics(stage=stage.name)
        topic = AlarmTopic(self, "Alarms", key=key, email=stage.alarms.email, url=stage.alarms.url)
        alarms = Alarms(topic=topic, stage=stage, metrics=metrics)
        alarms.watch(data, pipeline, account)
        for beat in heartbeats(stage):
            Heartbeat(self, beat.name, stream=data.orders, key=key, beat=beat)
            alarms.heartbeat_missing(beat)
        SavedQueries(self, "Queries", stage=stage.name, functions=pipeline.functions)
        topic.compose_health()
        if stage.alarms.month_cost:
            MonthBudget(self, "MonthBudget", limit=stage.alarms.month_cost, topic=topic.topic)
        dashboard = Dashboard(
            self,
            "Dashboard",
            stage=stage,
            pipeline=pipeline,
            metrics=metrics,
            alarms=topic.alarms,
        )
        values = {"alarms-topic-arn": topic.topic.topic_arn, "dashboard-url": dashboard.url}
        Outputs(self, "Outputs", stage=stage.name, values=values)
