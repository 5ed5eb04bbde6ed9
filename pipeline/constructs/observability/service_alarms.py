"""Make the alarms on what AWS counts of the services that a stage uses. Used by `Alarms`.

Add one: a function here, a line in `watch_services`, and an entry in docs/runbook.md. Thresholds are set
in stages/*.toml under alarms. These metrics are AWS's own: they cost nothing, an alarm does.
"""

from collections.abc import Mapping
from datetime import timedelta

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from ordercast.settings.stage import StageSettings
from ordercast.settings.texts import END_USER_MESSAGING, named_providers
from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.function import Function
from pipeline.constructs.observability.alarm_topic import BELOW, AlarmTopic
from pipeline.stacks.account import AccountStack
from pipeline.stacks.data import DataStack
from pipeline.stacks.pipeline import PipelineStack

_QUIET_PERIODS = 3


def watch_services(
    topic: AlarmTopic,
    stage: StageSettings,
    *,
    data: DataStack,
    pipeline: PipelineStack,
    account: AccountStack,
) -> None:
    """Add an alarm for each way in which a service holds messages up, drops them, or is about to."""
    period = duration(stage.alarms.period)
    _queues(topic, stage, pipeline, period)
    _functions(topic, [*pipeline.functions.values(), account.forwarder], period)
    _scheduled(topic, stage, pipeline)
    _throttles(topic, data, period)
    watch_account(topic, stage)


def watch_account(topic: AlarmTopic, stage: StageSettings) -> None:
    """Add the alarms on what SES and SNS think of the account in a Region: the stage's, or its second one."""
    _reputation(topic, stage)
    _spend(topic, stage)


def _queues(
    topic: AlarmTopic, stage: StageSettings, pipeline: PipelineStack, period: Duration
) -> None:
    """Watch the oldest message of each work queue: what is held back waits on the ledger and not there."""
    for name, queue in pipeline.queues.all.items():
        topic.alarm(
            f"{name}Waiting",
            queue.queue.metric_approximate_age_of_oldest_message(
                statistic="Maximum", period=period
            ),
            "The oldest message of a work queue waits too long for its function.",
            threshold=stage.alarms.queue_age.total_seconds(),
        )


def _functions(topic: AlarmTopic, functions: list[Function], period: Duration) -> None:
    """Watch what Lambda holds up for want of concurrency, and what it gives up."""
    throttled = {each.node.id: each.function.metric_throttles(period=period) for each in functions}
    topic.alarm(
        "FunctionsThrottled",
        _sum(throttled, period),
        "Lambda runs no more invocations at a time, of the account or of a function.",
        periods=_QUIET_PERIODS,
    )
    dropped = {
        each.node.id: each.function.metric("AsyncEventsDropped", statistic="Sum", period=period)
        for each in functions
        if each.node.id in _ASYNCHRONOUS
    }
    topic.alarm(
        "InvocationsDropped",
        _sum(dropped, period),
        "Lambda gave up invocations that had waited too long, or kept failing.",
    )


_ASYNCHRONOUS = {"Sweeper", "Verifier", "SmsLogForwarder"}


def _scheduled(topic: AlarmTopic, stage: StageSettings, pipeline: PipelineStack) -> None:
    """Watch that the functions of a schedule are invoked at all: one that is not makes no errors."""
    for name, every in (("Sweeper", stage.sweep_every), ("Verifier", timedelta(hours=1))):
        ran = pipeline.functions[name].function.metric_invocations(
            statistic="Sum", period=duration(every)
        )
        topic.alarm(
            f"{name}Stopped",
            ran,
            "A function that runs by a schedule does not run any more.",
            when=BELOW,
            periods=_QUIET_PERIODS,
            missing=cloudwatch.TreatMissingData.BREACHING,
        )


def _throttles(topic: AlarmTopic, data: DataStack, period: Duration) -> None:
    """Watch for shops and functions that the stream or a table turns away."""
    turned_away = data.orders.metric(
        "WriteProvisionedThroughputExceeded", statistic="Sum", period=period
    )
    topic.alarm("OrdersTurnedAway", turned_away, "The stream takes no more orders a second.")
    for name, metric, means in (
        ("TableWritesThrottled", "WriteThrottleEvents", "A table takes no more writes a second."),
        ("TableReadsThrottled", "ReadThrottleEvents", "A table takes no more reads a second."),
    ):
        throttled = {
            f"{table.node.id}{index}": table.table.metric(
                metric,
                statistic="Sum",
                period=period,
                dimensions_map={
                    "TableName": table.name,
                    **({"GlobalSecondaryIndexName": index} if index else {}),
                },
            )
            for table in data.tables.all
            for index in ("", *table.indexes)
        }
        topic.alarm(name, _sum(throttled, period), means, periods=_QUIET_PERIODS)


def _reputation(topic: AlarmTopic, stage: StageSettings) -> None:
    """Watch the rates for which SES reviews an account, at 5 % and 0.1 %, and then pauses it.

    They are of the account, not of the stage; SES writes them as shares.
    """
    for name, metric, percent in (
        ("BouncesHigh", "Reputation.BounceRate", stage.alarms.bounce_percent),
        ("ComplaintsHigh", "Reputation.ComplaintRate", stage.alarms.complaint_percent),
    ):
        rate = cloudwatch.Metric(
            namespace="AWS/SES",
            metric_name=metric,
            statistic="Average",
            period=duration(timedelta(hours=1)),
        )
        means = "SES is about to review the account, and may pause it."
        topic.alarm(name, rate, means, threshold=float(percent / 100))


def _spend(topic: AlarmTopic, stage: StageSettings) -> None:
    """Watch the month's charges for texts, at whose limit a provider sends no more."""
    topic.alarm(
        "SmsSpendHigh",
        _spent("AWS/SNS", "SMSMonthToDateSpentUSD"),
        "The account nears its monthly limit for texts.",
        threshold=float(stage.alarms.sms_spend),
    )
    if END_USER_MESSAGING in named_providers(stage):
        topic.alarm(
            "EndUserMessagingSpendHigh",
            _spent("AWS/SMSVoice", "TextMessageMonthlySpend"),
            "The account nears its monthly limit for texts by End User Messaging.",
            threshold=float(stage.alarms.end_user_messaging_spend),
        )


def _spent(namespace: str, name: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        statistic="Maximum",
        period=duration(timedelta(hours=1)),
    )


def _sum(metrics: Mapping[str, cloudwatch.IMetric], period: Duration) -> cloudwatch.MathExpression:
    """Add up to ten metrics, which is what an alarm takes; one without data counts as nothing."""
    named = {each.lower(): metric for each, metric in metrics.items()}
    filled = " + ".join(f"FILL({each}, 0)" for each in named)
    return cloudwatch.MathExpression(
        expression=filled, using_metrics=named, period=period, label="together"
    )
