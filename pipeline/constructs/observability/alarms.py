"""Metrics and what they mean come in; alarms that tell an operator go out, each with a runbook."""

from datetime import timedelta
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from pipeline.constructs.conversions import duration
from pipeline.constructs.messaging.topic import Topic


class Alarms(Construct):
    """One topic, and the alarms that publish on it.

    An alarm's id is the heading of its entry in docs/runbook.md. Missing data is no trouble for
    those of `raise_when`: nothing happened, so nothing failed. It is for those of `raise_without`.
    """

    def __init__(self, scope: Construct, name: str, *, key: kms.IKey, email: str | None) -> None:
        super().__init__(scope, name)
        self.topic = Topic(self, "Told", key=key).topic
        self.all: list[cloudwatch.Alarm] = []
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

    def raise_when(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        *,
        reaches: float,
        means: str,
        for_periods: int = 1,
    ) -> None:
        """Tell an operator *means* when *metric* is at or above *reaches*, for some periods."""
        self._raise(
            name,
            metric,
            means,
            threshold=reaches,
            evaluation_periods=for_periods,
            comparison_operator=(cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD),
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def raise_below(
        self, name: str, metric: cloudwatch.IMetric, *, least: float, means: str
    ) -> None:
        """Tell an operator *means* when *metric* is below *least*; no figure is no trouble."""
        self._raise(
            name,
            metric,
            means,
            threshold=least,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def raise_without(
        self, name: str, metric: cloudwatch.IMetric, *, for_periods: int, means: str
    ) -> None:
        """Tell an operator *means* when *metric* stays away, or is nothing, for some periods."""
        self._raise(
            name,
            metric,
            means,
            threshold=1,
            evaluation_periods=for_periods,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )

    def _raise(self, name: str, metric: cloudwatch.IMetric, means: str, **when: Any) -> None:  # noqa: ANN401
        alarm = cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            alarm_description=f"{means} docs/runbook.md#{name.lower()}",
            **when,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        self.all.append(alarm)


def mapping_metric(mapping_id: str, name: str, *, period: timedelta) -> cloudwatch.Metric:
    """Return a count that Lambda keeps for one event source mapping."""
    return cloudwatch.Metric(
        namespace="AWS/Lambda",
        metric_name=name,
        dimensions_map={"EventSourceMappingUUID": mapping_id},
        statistic="Sum",
        period=duration(period),
    )
