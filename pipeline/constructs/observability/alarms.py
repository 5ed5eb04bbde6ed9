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

from ordercast.emf import PARKED_METRIC
from ordercast.settings.stage import StageSettings, StreamReaderSettings
from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.function import Function
from pipeline.constructs.observability.alarm_topic import AlarmTopic
from pipeline.constructs.observability.metrics import HOUR, OrdercastMetrics
from pipeline.stacks.account import AccountStack
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

    def watch(self, pipeline: PipelineStack, account: AccountStack) -> None:
        """Add the alarms of everything that is deployed, but for the heartbeat."""
        for name, queue in pipeline.queues.all.items():
            self._dead_letters(f"{name}DeadLetters", queue.dead_letters)
        self._dead_letters("UndeliveredDeadLetters", pipeline.queues.undelivered)
        self._dead_letters("SmsLogForwarderFailures", account.forwarder.failures)
        for name, function in {**pipeline.functions, "SmsLogForwarder": account.forwarder}.items():
            self._errors(f"{name}Errors", function)
        self._parked()
        relay, analytics = pipeline.relay, pipeline.analytics
        self._stream_reader("OrderRelay", relay, relay.mapping, self.stage.order_relay)
        self._stream_reader("Analytics", analytics, analytics.mapping, self.stage.analytics)
        self._rollups()
        self._outcomes()

    def heartbeat_missing(self, every: timedelta) -> None:
        """With a heartbeat something is always delivered; without one, an idle night is no failure."""
        self.topic.missing(
            "HeartbeatMissing",
            self.metrics.sum_of("Delivered", period=every),
            "No message is delivered any more, not even the heartbeat.",
            periods=3,
        )

    def _dead_letters(self, name: str, queue: sqs.IQueue) -> None:
        visible = queue.metric_approximate_number_of_messages_visible(
            statistic="Maximum", period=self._period
        )
        means = "Messages could not be processed and wait in a dead-letter queue."
        self.topic.at_least(name, visible, 1, means)

    def _errors(self, name: str, function: Function) -> None:
        failed = function.function.metric_errors(period=self._period)
        self.topic.at_least(name, failed, self.stage.alarms.errors, "A function keeps failing.")

    def _parked(self) -> None:
        parked = self.metrics.sum_of(PARKED_METRIC, period=self.stage.alarms.period)
        means = "Notifications were parked and wait for an operator."
        self.topic.at_least(PARKED_METRIC, parked, 1, means)

    def _stream_reader(
        self,
        name: str,
        function: Function,
        mapping: lambda_.EventSourceMapping,
        settings: StreamReaderSettings,
    ) -> None:
        """Watch a stream's function for falling behind, for giving records up, and for losing them."""
        age = function.function.metric("IteratorAge", statistic="Maximum", period=self._period)
        too_old = settings.behind / timedelta(milliseconds=1)
        means = "Records wait too long before they are read."
        self.topic.at_least(f"{name}Behind", age, too_old, means, periods=3)
        for what, count, means in (
            (
                "GaveUp",
                "OnFailureDestinationDeliveredEventCount",
                "Records became too old and are kept in the parked bucket.",
            ),
            (
                "Lost",
                "DroppedEventCount",
                "Records were dropped without reaching the parked bucket.",
            ),
        ):
            metric = self._of_mapping(mapping, count)
            self.topic.at_least(f"{name}{what}", metric, 1, means)

    def _of_mapping(self, mapping: lambda_.EventSourceMapping, name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name=name,
            dimensions_map={"EventSourceMappingUUID": mapping.event_source_mapping_id},
            statistic="Sum",
            period=self._period,
        )

    def _rollups(self) -> None:
        """Watch what the verifier finds once an hour."""
        found = self.metrics.maximum_of("RollupsDiffer", period=HOUR)
        self.topic.at_least("RollupsDiffer", found, 1, "The rollups differ from the ledger.")

    def _outcomes(self) -> None:
        """Watch what became of the messages that were accepted within an hour."""
        limits = self.stage.alarms
        self.topic.at_least(
            "MessagesInDoubt",
            self.metrics.sum_of("InDoubt", period=HOUR),
            limits.in_doubt,
            "Messages are in doubt: they may or may not have been sent.",
        )
        self.topic.at_least(
            "CostHigh",
            self.metrics.sum_of("CostUSD", period=HOUR),
            limits.cost_an_hour,
            "Providers charge more than is usual.",
        )
        self.topic.below(
            "DeliveryRateLow",
            self.metrics.delivered_percent(
                period=HOUR, enough=limits.enough_to_judge, otherwise="100"
            ),
            limits.delivered_percent,
            "Too many messages are not delivered.",
        )
