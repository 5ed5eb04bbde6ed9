"""Tell operators when the account's month becomes dear: an AWS Budget. Used by the observability stack."""

from aws_cdk import Aws
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

BUDGETS = "budgets.amazonaws.com"


class MonthBudget(Construct):
    """Of the whole account: texts have no tags, and cost the most. Set in stages/*.toml as alarms.month_cost."""

    def __init__(self, scope: Construct, name: str, *, limit: int, topic: sns.Topic) -> None:
        super().__init__(scope, name)
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="BudgetsOfThisAccount",
                principals=[iam.ServicePrincipal(BUDGETS)],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        budget = budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=limit, unit="USD"),
            ),
            notifications_with_subscribers=[
                _told(topic, kind, percent)
                for kind, percent in (
                    ("ACTUAL", 50),
                    ("ACTUAL", 80),
                    ("ACTUAL", 100),
                    ("FORECASTED", 100),
                )
            ],
        )
        # AWS tries the topic when the budget is made.
        budget.node.add_dependency(topic)


def _told(
    topic: sns.Topic, kind: str, percent: int
) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            comparison_operator="GREATER_THAN",
            notification_type=kind,
            threshold=percent,
            threshold_type="PERCENTAGE",
        ),
        subscribers=[
            budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=topic.topic_arn)
        ],
    )
