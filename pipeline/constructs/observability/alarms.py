"""Make every alarm of a stage. Used by the observability stack.

Add an alarm: a method here, and an entry in docs/runbook.md whose heading is the alarm's id (a test
compares them). Thresholds are set in stages/*.toml under alarms, and as `behind` of a stream reader.
"""

from dataclasses import dataclass
from datetime import timedelta

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from ordercast.embedded_metric_format import (
    BACK_PRESSURE,
    BUDGET_USED,
    DUE_AGE,
    OPEN_BREAKERS,
    PARKED_METRIC,
)
from ordercast.settings.stage import StageSettings, StreamReaderSettings
from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.analytics import Analytics
from pipeline.constructs.functions.function import Function
from pipeline.constructs.functions.order_relay import OrderRelay
from pipeline.constructs.functions.status_events import StatusEvents
from pipeline.constructs.functions.verifier import Verifier
from pipeline.constructs.observability.alarm_topic import BELOW, AlarmTopic
from pipeline.constructs.observability.heartbeat import Beat
from pipeline.constructs.observability.metrics import HOUR, OrdercastMetrics
from pipeline.constructs.observability.service_alarms import watch_services
from pipeline.constructs.observability.targets import watch_targets
from pipeline.stacks.account import AccountStack
from pipeline.stacks.data import DataStack
from pipeline.stacks.pipeline import PipelineStack


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """An alarm for each way in which messages could be late, lost, or cost too much."""

    topic: AlarmTopic
    stage: StageSettings
    metrics: OrdercastMetrics

    @property
    def _period(self) -> Duration:
        return duration(self.stage.alarms.period)

    def watch(self, data: DataStack, pipeline: PipelineStack, account: AccountStack) -> None:
        """Add the alarms of everything that is deployed, but for the heartbeat."""
        for name, queue in pipeline.queues.all.items():
            self._dead_letters(f"{name}DeadLetters", queue.dead_letters)
        self._dead_letters("UndeliveredDeadLetters", pipeline.queues.undelivered)
        self._dead_letters("SmsLogForwarderFailures", account.forwarder.failures)
        for function in (*pipeline.functions.values(), account.forwarder):
            self._errors(function)
        self._parked()
        self._account_trouble()
        self._open_breakers()
        self._stream_reader(pipeline.relay, self.stage.order_relay)
        self._stream_reader(pipeline.analytics, self.stage.analytics)
        if pipeline.status_events:
            self._stream_reader(pipeline.status_events, self.stage.analytics)
        self._sweeper()
        self._rollups()
        self._outcomes()
        self._budgets()
        watch_targets(self.topic, self.stage, self.metrics)
        watch_services(self.topic, self.stage, data=data, pipeline=pipeline, account=account)

    def heartbeat_missing(self, beat: Beat) -> None:
        """With a heartbeat something is always delivered; without one, an idle night is no failure."""
        self.topic.alarm(
            f"{beat.name}Missing",
            self.metrics.metric("Delivered", period=beat.every, channel=beat.channel),
            "No message of a channel is delivered any more, not even the heartbeat.",
            when=BELOW,
            periods=3,
            missing=cloudwatch.TreatMissingData.BREACHING,
        )

    def _dead_letters(self, name: str, queue: sqs.IQueue) -> None:
        self.topic.dead_letters(name, queue, self.stage.alarms.period)

    def _errors(self, function: Function) -> None:
        name, period, most = f"{function.node.id}Errors", self._period, self.stage.alarms.errors
        if isinstance(function, Verifier):
            period, most = duration(HOUR), 1  # it runs a few times an hour, and is not retried
        failed = function.function.metric_errors(period=period)
        self.topic.alarm(name, failed, "A function keeps failing.", threshold=most)

    def _parked(self) -> None:
        parked = self.metrics.metric(PARKED_METRIC, period=self.stage.alarms.period)
        means = (
            "Notifications were parked and wait for an operator; a template that fails is named."
        )
        self.topic.alarm(PARKED_METRIC, parked, means)

    def _account_trouble(self) -> None:
        refused = self.metrics.metric(
            BACK_PRESSURE, period=self.stage.alarms.period, kind="account"
        )
        means = "A provider takes no messages from the account until somebody mends something."
        self.topic.alarm("AccountTrouble", refused, means)

    def _open_breakers(self) -> None:
        """Watch each channel's routes; one that is closed for less than two periods mends itself."""
        for channel in self.stage.rates:
            closed = self.metrics.metric(
                OPEN_BREAKERS,
                statistic="Maximum",
                period=self.stage.alarms.period,
                channel=channel,
            )
            means = "A route of a channel is closed: its provider is down, or takes nothing."
            self.topic.alarm(f"{channel.capitalize()}RouteClosed", closed, means, periods=2)

    def _stream_reader(
        self, reader: OrderRelay | Analytics | StatusEvents, settings: StreamReaderSettings
    ) -> None:
        """Watch a stream's function for falling behind, for giving records up, and for losing them."""
        name = reader.node.id
        age = reader.function.metric("IteratorAge", statistic="Maximum", period=self._period)
        too_old = settings.behind / timedelta(milliseconds=1)
        means = "Records wait too long before they are read."
        self.topic.alarm(f"{name}Behind", age, means, threshold=too_old, periods=3)
        gave_up = self._of_mapping(reader.mapping, "OnFailureDestinationDeliveredEventCount")
        means = "Records became too old and are kept in the parked bucket."
        self.topic.alarm(f"{name}GaveUp", gave_up, means)
        lost = self._of_mapping(reader.mapping, "DroppedEventCount")
        means = "Records were dropped without reaching the parked bucket."
        self.topic.alarm(f"{name}Lost", lost, means)

    def _of_mapping(self, mapping: lambda_.EventSourceMapping, name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name=name,
            dimensions_map={"EventSourceMappingUUID": mapping.event_source_mapping_id},
            statistic="Sum",
            period=self._period,
        )

    def _sweeper(self) -> None:
        """Watch for what stays due."""
        age = self.metrics.metric(DUE_AGE, statistic="Maximum", period=self.stage.alarms.period)
        self.topic.alarm(
            "SweeperBehind",
            age,
            "What is due waits too long: deferred messages or lost publications.",
            threshold=self.stage.alarms.due_age.total_seconds(),
            periods=3,
        )

    def _rollups(self) -> None:
        """Watch what the verifier finds once an hour."""
        found = self.metrics.metric("RollupsDiffer", statistic="Maximum", period=HOUR)
        self.topic.alarm("RollupsDiffer", found, "The rollups differ from the ledger.")

    def _budgets(self) -> None:
        """Watch the fullest budget; a velocity limit that is reached counts as one."""
        used = self.metrics.metric(
            BUDGET_USED, statistic="Maximum", period=self.stage.alarms.period
        )
        for name, percent, means in (
            ("BudgetHalfUsed", 50, "Half of a budget is used in its period."),
            ("BudgetNearlyUsed", 80, "Four fifths of a budget are used in its period."),
            ("BudgetUsedUp", 100, "A budget is used up, and its messages wait."),
        ):
            self.topic.alarm(name, used, means, threshold=percent)

    def _outcomes(self) -> None:
        """Watch what became of the messages that were accepted within an hour."""
        limits = self.stage.alarms
        self.topic.alarm(
            "MessagesInDoubt",
            self.metrics.metric("InDoubt", period=HOUR),
            "Messages are in doubt: they may or may not have been sent.",
            threshold=limits.in_doubt,
        )
        self.topic.alarm(
            "TextsOverPrice",
            self.metrics.metric("OverPrice", period=HOUR),
            "Texts are not sent because they would cost more than their ceiling.",
            threshold=limits.over_price,
        )
        self.topic.alarm(
            "CostHigh",
            self.metrics.metric("CostUSD", period=HOUR),
            "Providers charge more than is usual.",
            threshold=limits.cost_an_hour,
        )
