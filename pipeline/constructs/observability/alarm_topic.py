"""Make the topic that alarms publish on, and the alarms that do. Used by `Alarms`, and by the stack of a second Region."""

from datetime import timedelta

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from ordercast.settings.alarm_severity import OUTSIDE_HEALTH
from pipeline.constructs.conversions import duration
from pipeline.constructs.messaging.topic import EncryptedTopic

AT_LEAST = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
ABOVE = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD
BELOW = cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD


class AlarmTopic(Construct):
    """One topic, and every alarm that publishes on it.

    Missing data raises no alarm, unless it says otherwise: nothing happened, so nothing failed.
    """

    def __init__(
        self, scope: Construct, name: str, *, key: kms.IKey, email: str | None, url: str | None
    ) -> None:
        super().__init__(scope, name)
        self.topic = EncryptedTopic(self, "EncryptedTopic", key=key).topic
        self.alarms: list[cloudwatch.Alarm] = []
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsOfThisAccount",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        if url:
            self.topic.add_subscription(subscriptions.UrlSubscription(url))

    def alarm(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        means: str,
        *,
        threshold: float = 1,
        when: cloudwatch.ComparisonOperator = AT_LEAST,
        periods: int = 1,
        missing: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    ) -> None:
        """Raise an alarm when *metric* is at or above *threshold*, ABOVE or BELOW it, for some periods."""
        alarm = cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            alarm_description=f"{means} docs/runbook.md#{name.lower()}",
            threshold=threshold,
            comparison_operator=when,
            evaluation_periods=periods,
            treat_missing_data=missing,
        )
        publish = actions.SnsAction(self.topic)
        alarm.add_alarm_action(publish)
        alarm.add_ok_action(publish)
        self.alarms.append(alarm)

    def dead_letters(self, name: str, queue: sqs.IQueue, period: timedelta) -> None:
        """Raise an alarm when anything waits in a dead-letter queue."""
        visible = queue.metric_approximate_number_of_messages_visible(
            statistic="Maximum", period=duration(period)
        )
        self.alarm(
            name, visible, "Messages could not be processed and wait in a dead-letter queue."
        )

    def compose_health(self) -> None:
        """Add one alarm that is on while any other is, to be shown, or asked, as the stage's health.

        It publishes nothing: the others have. Budgets that are partly used are notices and not in it,
        nor are status events, without which messages go out as before.
        """
        ill = [each for each in self.alarms if each.node.id not in OUTSIDE_HEALTH]
        cloudwatch.CompositeAlarm(
            self,
            "Health",
            alarm_rule=cloudwatch.AlarmRule.any_of(*ill),
            alarm_description="An alarm of this stage is on. docs/runbook.md#health",
        )
