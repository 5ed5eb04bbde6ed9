"""A running pipeline comes in; the alarms that watch over it go out."""

from datetime import timedelta

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.function import Function
from pipeline.constructs.messaging.stream_mapping import StreamMapping
from pipeline.constructs.observability.alarms import Alarms, mapping_metric
from pipeline.constructs.observability.dashboard import Dashboard
from pipeline.constructs.observability.heartbeat import Heartbeat
from pipeline.constructs.observability.metrics import HOUR, OrdercastMetrics
from pipeline.stacks.account import AccountStack
from pipeline.stacks.data import DataStack
from pipeline.stacks.pipeline import PipelineStack
from pipeline.stage import AlarmNumbers, Stage, StreamReaderNumbers
from processors.settings import NAMESPACE, PARKED_METRIC


class ObservabilityStack(Stack):
    """Every way in which messages could be late or lost has an alarm of its own, and one page all."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        data: DataStack,
        pipeline: PipelineStack,
        account: AccountStack,
    ) -> None:
        super().__init__(scope, name)
        self._period = stage.alarms.period
        key = kms.Key.from_key_arn(self, "Key", data.key.key_arn)
        self._alarms = Alarms(self, "Alarms", key=key, email=stage.alarms.email)
        for which, queue in pipeline.queues.items():
            self._watch_dead_letters(f"{which}DeadLetters", queue.dead_letters)
        self._watch_dead_letters("UndeliveredDeadLetters", pipeline.undelivered)
        self._watch_dead_letters("SmsLogForwarderFailures", account.forwarder.failures)
        functions = {**pipeline.functions, "SmsLogForwarder": account.forwarder.function}
        for which, function in functions.items():
            self._watch_errors(f"{which}Errors", function, errors=stage.alarms.errors)
        self._watch_parked(stage)
        relay, analytics = pipeline.relay, pipeline.analytics
        self._watch_reader("OrderRelay", relay.function, relay.mapping, stage.order_relay)
        self._watch_the_books(stage.name)
        self._watch_reader("Analytics", analytics.function, analytics.mapping, stage.analytics)
        metrics = OrdercastMetrics(stage=stage.name)
        self._watch_outcomes(stage.alarms, metrics)
        if stage.heartbeat_every:
            self._watch_heartbeat(stage.heartbeat_every, data, metrics)
        Dashboard(self, "Dashboard", pipeline=pipeline, metrics=metrics, alarms=self._alarms.all)

    def _watch_outcomes(self, numbers: AlarmNumbers, metrics: OrdercastMetrics) -> None:
        """Watch what became of the messages that were accepted within an hour."""
        self._alarms.raise_when(
            "MessagesInDoubt",
            metrics.sum_of("InDoubt", period=HOUR),
            reaches=numbers.in_doubt,
            means="Messages may or may not have been sent.",
        )
        self._alarms.raise_when(
            "CostHigh",
            metrics.sum_of("CostUSD", period=HOUR),
            reaches=numbers.cost_an_hour,
            means="Providers charge more than is usual.",
        )
        self._alarms.raise_below(
            "DeliveryRateLow",
            metrics.delivered_percent(period=HOUR, enough=numbers.enough_to_judge, otherwise="100"),
            least=numbers.delivered_percent,
            means="Too many messages do not arrive.",
        )

    def _watch_heartbeat(
        self, every: timedelta, data: DataStack, metrics: OrdercastMetrics
    ) -> None:
        """Send an order of our own now and then; with it, something is always delivered."""
        Heartbeat(self, "Heartbeat", stream=data.orders, every=every)
        self._alarms.raise_without(
            "HeartbeatMissing",
            metrics.sum_of("Delivered", period=every),
            for_periods=3,
            means="Nothing is delivered any more, not even our own heartbeat.",
        )

    def _watch_the_books(self, stage: str) -> None:
        """Watch for what the verifier finds; it looks once an hour."""
        found = cloudwatch.Metric(
            namespace="Ordercast",
            metric_name="BooksDifferent",
            dimensions_map={"stage": stage},
            statistic="Maximum",
            period=duration(timedelta(hours=1)),
        )
        self._alarms.raise_when(
            "BooksDifferent", found, reaches=1, means="The books differ from the ledger."
        )

    def _watch_dead_letters(self, name: str, queue: sqs.IQueue) -> None:
        visible = queue.metric_approximate_number_of_messages_visible(
            statistic="Maximum", period=duration(self._period)
        )
        self._alarms.raise_when(
            name, visible, reaches=1, means="Messages could not be processed and wait."
        )

    def _watch_parked(self, stage: Stage) -> None:
        parked = cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=PARKED_METRIC,
            dimensions_map={"stage": stage.name},
            statistic="Sum",
            period=duration(self._period),
        )
        self._alarms.raise_when(
            PARKED_METRIC, parked, reaches=1, means="Notifications were given up and wait."
        )

    def _watch_errors(self, name: str, function: Function, *, errors: int) -> None:
        failed = function.function.metric_errors(period=duration(self._period))
        self._alarms.raise_when(name, failed, reaches=errors, means="A function keeps failing.")

    def _watch_reader(
        self,
        which: str,
        function: Function,
        mapping: StreamMapping,
        numbers: StreamReaderNumbers,
    ) -> None:
        """Watch a stream reader for falling behind, for giving up and for losing."""
        age = function.function.metric(
            "IteratorAge", statistic="Maximum", period=duration(self._period)
        )
        self._alarms.raise_when(
            f"{which}Behind",
            age,
            reaches=numbers.behind.total_seconds() * 1000,
            for_periods=3,
            means="Records wait for too long.",
        )
        mapping_id = mapping.mapping.event_source_mapping_id
        for trouble, count, means in _TROUBLES:
            metric = mapping_metric(mapping_id, count, period=self._period)
            self._alarms.raise_when(f"{which}{trouble}", metric, reaches=1, means=means)


_TROUBLES = (
    (
        "GaveUp",
        "OnFailureDestinationDeliveredEventCount",
        "Records became too old and are kept in the parked bucket.",
    ),
    ("Lost", "DroppedEventCount", "Records were dropped without reaching the parked bucket."),
)
