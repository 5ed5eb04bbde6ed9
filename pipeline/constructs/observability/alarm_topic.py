"""Make the topic that alarms publish on, and alarms by kind of threshold. Used by `Alarms`."""

from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from pipeline.constructs.messaging.topic import EncryptedTopic


class AlarmTopic(Construct):
    """One topic, and every alarm that publishes on it.

    Missing data raises only the alarms of `missing`: elsewhere nothing happened, so nothing failed.
    """

    def __init__(self, scope: Construct, name: str, *, key: kms.IKey, email: str | None) -> None:
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

    def at_least(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        threshold: float,
        means: str,
        *,
        periods: int = 1,
    ) -> None:
        """Raise an alarm when *metric* is at or above *threshold* for some periods."""
        self._add(
            name,
            metric,
            means,
            threshold=threshold,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def below(self, name: str, metric: cloudwatch.IMetric, threshold: float, means: str) -> None:
        """Raise an alarm when *metric* is below *threshold*."""
        self._add(
            name,
            metric,
            means,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def missing(self, name: str, metric: cloudwatch.IMetric, means: str, *, periods: int) -> None:
        """Raise an alarm when *metric* has no data, or none above zero, for some periods."""
        self._add(
            name,
            metric,
            means,
            threshold=1,
            evaluation_periods=periods,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )

    def _add(self, name: str, metric: cloudwatch.IMetric, means: str, **when: Any) -> None:  # noqa: ANN401
        description = f"{means} docs/runbook.md#{name.lower()}"
        alarm = cloudwatch.Alarm(self, name, metric=metric, alarm_description=description, **when)
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        self.alarms.append(alarm)
