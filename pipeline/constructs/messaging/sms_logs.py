"""Make the two log groups that SNS writes SMS delivery status to. Used by the account stack.

SNS dictates their names (SNS guide: viewing SMS delivery logs) and would create them itself with
the first message, unencrypted and without expiry. One pair serves every stage of an account and
Region.
"""

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from ordercast.settings.stage import AccountSettings
from pipeline.constructs.conversions import for_this_account, log_retention, removal_policy


class SmsLogs(Construct):
    """The groups, and the role in which SNS writes to them. Set in stages/account.toml."""

    def __init__(
        self, scope: Construct, name: str, *, account: AccountSettings, key: kms.IKey
    ) -> None:
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
        role = iam.Role(self, "DeliveryStatus", assumed_by=for_this_account("sns.amazonaws.com"))
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
