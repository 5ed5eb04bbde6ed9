"""Lifetimes come in; the two log groups that SNS writes SMS delivery status to go out.

SNS dictates their names (SNS guide: viewing SMS delivery logs) and would create them itself with
the first message, unencrypted and for ever. One pair serves every stage in an account and Region.
"""

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from pipeline.constructs.conversions import log_retention, removal_policy
from pipeline.stage import Account


class SmsLogs(Construct):
    """The groups, and the role in which SNS writes to them."""

    def __init__(self, scope: Construct, name: str, *, account: Account, key: kms.IKey) -> None:
        super().__init__(scope, name)
        successes = f"sns/{Aws.REGION}/{Aws.ACCOUNT_ID}/DirectPublishToPhoneNumber"
        self.groups = [
            logs.LogGroup(
                self,
                outcome,
                log_group_name=group_name,
                encryption_key=key,
                retention=log_retention(account.sms_log_retention),
                removal_policy=removal_policy(account.removal),
            )
            for outcome, group_name in (
                ("Successes", successes),
                ("Failures", f"{successes}/Failure"),
            )
        ]
        self.delivery_status_role = self._role(f"{successes}*")

    def _role(self, groups: str) -> iam.Role:
        """Return a role that may write to *groups* only; the guide's example may to all."""
        role = iam.Role(
            self, "DeliveryStatus", assumed_by=iam.ServicePrincipal("sns.amazonaws.com")
        )
        arn = Stack.of(self).format_arn(service="logs", resource=f"log-group:{groups}")
        role.add_to_policy(
            iam.PolicyStatement(
                actions=[
                    "logs:CreateLogGroup",
                    "logs:CreateLogStream",
                    "logs:PutLogEvents",
                    "logs:PutMetricFilter",
                    "logs:PutRetentionPolicy",
                ],
                resources=[arn],
            )
        )
        return role
