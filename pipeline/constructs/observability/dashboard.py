"""Make the CloudWatch dashboard of a stage. Used by the observability stack."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from ordercast.embedded_metric_format import (
    BACK_PRESSURE,
    BUDGET_USED,
    CLOUDWATCH_OFF,
    DUE_AGE,
    DUE_BACKLOG,
    OPEN_BREAKERS,
    SLOT_WAIT,
)
from ordercast.settings.stage import StageSettings
from pipeline.constructs.conversions import duration
from pipeline.constructs.observability.metrics import HOUR, OrdercastMetrics
from pipeline.stacks.pipeline import PipelineStack

MINUTE = timedelta(minutes=1)
MINUTES = timedelta(minutes=5)
DAY = timedelta(days=1)

_COLUMNS = 24  # of CloudWatch's grid
_HIGH = 6  # rows of it
_FORTNIGHT = "-P14D"


class Dashboard(Construct):
    """A row for each of four questions: is it working, is it fast, what does it cost, what is stuck."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: StageSettings,
        pipeline: PipelineStack,
        metrics: OrdercastMetrics,
        alarms: Sequence[cloudwatch.IAlarm],
    ) -> None:
        super().__init__(scope, name)
        self._stage = stage
        self._metrics = metrics
        self._pipeline = pipeline
        dashboard = cloudwatch.Dashboard(self, "Dashboard", default_interval=duration(DAY))
        console = f"https://{Aws.REGION}.console.aws.amazon.com/cloudwatch/home"
        self.url = f"{console}?region={Aws.REGION}#dashboards/dashboard/{dashboard.dashboard_name}"
        dashboard.add_widgets(_heading("Is it working?"), *self._working(alarms))
        dashboard.add_widgets(*self._weeks())
        dashboard.add_widgets(_heading("Is it fast?"), *self._fast())
        dashboard.add_widgets(_heading("What does it cost?"), *self._cost())
        dashboard.add_widgets(_heading("What is stuck?"), *self._stuck())

    def _working(self, alarms: Sequence[cloudwatch.IAlarm]) -> list[cloudwatch.IWidget]:
        counts = ("Accepted", "Sent", "Delivered", "Undelivered", "Suppressed", "InDoubt")
        return [
            cloudwatch.AlarmStatusWidget(
                title="Alarms", alarms=list(alarms), width=_COLUMNS, height=_HIGH
            ),
            _graph(
                "Notifications, by the minute of acceptance",
                [self._metrics.metric(each, period=MINUTES) for each in counts],
                width=16,
            ),
            _graph(
                "Delivered, % of what has ended",
                [self._metrics.delivered_percent(each, period=HOUR) for each in self._stage.rates],
                width=8,
            ),
            *self._errors(),
        ]

    def _errors(self) -> list[cloudwatch.IWidget]:
        functions = self._pipeline.functions.items()
        period = duration(MINUTES)
        return [
            cloudwatch.SingleValueWidget(
                title="Calls to providers that failed, % of 24 hours",
                metrics=[self._metrics.error_percent(c, period=DAY) for c in self._stage.rates],
                width=6,
                height=_HIGH,
            ),
            _graph(
                "Invocations of functions",
                [
                    each.function.metric_invocations(period=period, label=label)
                    for label, each in functions
                ],
                width=6,
            ),
            _graph(
                "Errors of functions",
                [
                    each.function.metric_errors(period=period, label=label)
                    for label, each in functions
                ],
                width=6,
            ),
            _graph("Published on the topic, and not delivered", self._published(), width=6),
        ]

    def _published(self) -> list[cloudwatch.IMetric]:
        topic, period = self._pipeline.notifications, duration(MINUTES)
        return [
            topic.metric_number_of_messages_published(period=period, label="published"),
            topic.metric_number_of_notifications_failed(period=period, label="not delivered"),
        ]

    def _weeks(self) -> list[cloudwatch.IWidget]:
        """Show a fortnight by the day, since CloudWatch cannot lay one week over the other."""
        counts = ("Accepted", "Sent", "Delivered", "Undelivered")
        return [
            cloudwatch.GraphWidget(
                title="This week beside the last: notifications a day",
                left=[self._metrics.metric(each, period=DAY) for each in counts],
                view=cloudwatch.GraphWidgetView.BAR,
                start=_FORTNIGHT,
                width=12,
                height=_HIGH,
            ),
            cloudwatch.GraphWidget(
                title="This week beside the last: delivered, %",
                left=[self._metrics.delivered_percent(c, period=DAY) for c in self._stage.rates],
                start=_FORTNIGHT,
                width=6,
                height=_HIGH,
            ),
            cloudwatch.GraphWidget(
                title="CloudWatch differs from the rollups, notifications by hour",
                left=[self._metrics.metric(CLOUDWATCH_OFF, statistic="Maximum", period=HOUR)],
                start=_FORTNIGHT,
                width=6,
                height=_HIGH,
            ),
        ]

    def _fast(self) -> list[cloudwatch.IWidget]:
        return [
            _graph(
                "From a wave's start to the provider's answer at p95, ms",
                [self._metrics.processing_ms(c, period=MINUTES) for c in self._stage.rates],
            ),
            _graph(
                "Decided about within a minute of arrival, %",
                [self._metrics.decided_percent(period=HOUR)],
            ),
            _graph(
                "From acceptance to delivery, ms",
                [
                    self._metrics.metric(
                        "DeliveryLatency", statistic=each, period=MINUTES, label=each
                    )
                    for each in ("p50", "p95", "p99")
                ],
            ),
            _graph(
                "Age of the newest record read, ms",
                [
                    reader.function.metric(
                        "IteratorAge", statistic="Maximum", period=duration(MINUTES), label=label
                    )
                    for label, reader in (
                        ("orders", self._pipeline.relay),
                        ("ledger changes", self._pipeline.analytics),
                        ("status events", self._pipeline.status_events),
                    )
                    if reader
                ],
            ),
            _graph(
                "Duration of functions at p95, ms",
                [
                    each.function.metric_duration(
                        statistic="p95", period=duration(MINUTES), label=label
                    )
                    for label, each in self._pipeline.functions.items()
                ],
            ),
        ]

    def _cost(self) -> list[cloudwatch.IWidget]:
        cost = self._metrics.metric("CostUSD", period=HOUR, label="providers")
        sent = self._metrics.metric("Sent", period=HOUR)
        apiece = cloudwatch.MathExpression(
            expression="IF(sent > 0, 1000 * cost / sent)",
            using_metrics={"cost": cost, "sent": sent},
            label="per 1,000 sent",
            period=duration(HOUR),
        )
        used = self._metrics.metric(
            BUDGET_USED, statistic="Maximum", period=HOUR, label="the fullest"
        )
        return [
            _graph("Providers' charges an hour, USD", [cost], width=6),
            _graph("Per 1,000 notifications sent, USD", [apiece], width=6),
            _graph("Budget used, percent", [used], width=6),
            cloudwatch.SingleValueWidget(
                title="Providers' charges in the time shown, USD",
                metrics=[self._metrics.metric("CostUSD", period=DAY, label="providers")],
                set_period_to_time_range=True,
                width=6,
                height=_HIGH,
            ),
        ]

    def _stuck(self) -> list[cloudwatch.IWidget]:
        queues = self._pipeline.queues.all
        return [
            _graph(
                "Messages in queues",
                [
                    each.queue.metric_approximate_number_of_messages_visible(
                        statistic="Maximum", period=duration(MINUTES), label=label
                    )
                    for label, each in queues.items()
                ],
            ),
            _graph(
                "Age of the oldest message, s",
                [
                    each.queue.metric_approximate_age_of_oldest_message(
                        period=duration(MINUTES), label=label
                    )
                    for label, each in queues.items()
                ],
            ),
            _graph(
                "Dead letters",
                [
                    dead.metric_approximate_number_of_messages_visible(
                        statistic="Maximum", period=duration(MINUTES), label=label
                    )
                    for label, dead in (
                        *((label, each.dead_letters) for label, each in queues.items()),
                        ("Undelivered", self._pipeline.queues.undelivered),
                    )
                ],
            ),
            _graph(
                "In doubt, and over their ceiling",
                [self._metrics.metric(each, period=MINUTES) for each in ("InDoubt", "OverPrice")],
            ),
            _graph(
                "Age of what is due, s",
                [self._metrics.metric(DUE_AGE, statistic="Maximum", period=MINUTES)],
            ),
            _graph("Closed routes", self._by_channel(OPEN_BREAKERS, statistic="Maximum")),
            _graph(
                "Due and not yet taken (metrics = full)",
                # Each group of the sweeper counts its part, once a minute.
                [self._metrics.metric(DUE_BACKLOG, period=MINUTE)],
            ),
            *self._pace(),
        ]

    def _by_channel(self, name: str, *, statistic: str) -> list[cloudwatch.IMetric]:
        metric = partial(self._metrics.metric, name, period=MINUTES, statistic=statistic)
        return [metric(label=each, channel=each) for each in self._stage.rates]

    def _pace(self) -> list[cloudwatch.IWidget]:
        """Show how fast the senders may be and are; of stages whose metrics are `full`."""
        rates = self._stage.rates
        return [
            _graph(
                "Of the provider's rate in use, % (metrics = full)",
                [
                    self._metrics.rate_percent(channel, limit=limit, period=MINUTES)
                    for channel, limit in rates.items()
                ],
            ),
            _graph(
                "Wait of senders for the provider's rate, ms (metrics = full)",
                self._by_channel(SLOT_WAIT, statistic="p95"),
            ),
            _graph(
                "Not taken by providers (all but account: metrics = full)",
                [
                    self._metrics.metric(BACK_PRESSURE, period=MINUTES, label=kind, kind=kind)
                    for kind in ("rate", "outage", "quota", "account")
                ],
            ),
        ]


def _heading(question: str) -> cloudwatch.TextWidget:
    return cloudwatch.TextWidget(markdown=f"## {question}", width=_COLUMNS, height=1)


def _graph(
    title: str, metrics: Sequence[cloudwatch.IMetric], *, width: int = _COLUMNS // 3
) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=width, height=_HIGH)
