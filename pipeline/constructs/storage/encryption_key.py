"""Make the customer-managed key of a stack. Used by the data stack and the account stack.

An AWS-managed key cannot be shared: with one, deliveries from SNS to SQS fail silently.
"""

from collections.abc import Sequence

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from ordercast.settings.stage import Removal
from pipeline.constructs.conversions import removal_policy

SES = "ses.amazonaws.com"
SMS_VOICE = "sms-voice.amazonaws.com"


class EncryptionKey(Construct):
    """A key that *services* may use for this account; roles get it through their own policies."""

    def __init__(
        self, scope: Construct, name: str, *, services: Sequence[str], removal: Removal
    ) -> None:
        super().__init__(scope, name)
        self.key = kms.Key(
            self, "Key", enable_key_rotation=True, removal_policy=removal_policy(removal)
        )
        for service in services:
            self.key.add_to_resource_policy(_for(service, Stack.of(self)))
        self.key.add_to_resource_policy(_for_log_groups(Stack.of(self)))


def _for(service: str, stack: Stack) -> iam.PolicyStatement:
    conditions: dict[str, dict[str, str]] = {
        "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
    }
    if service in {SES, SMS_VOICE}:
        # Their guides set no condition, so they may not say for which account they publish; SNS, which
        # uses the key for it, always names the topic.
        topics = stack.format_arn(service="sns", resource="*")
        conditions = {"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": topics}}
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal(service)],
        actions=["kms:Decrypt", "kms:GenerateDataKey*"],
        resources=["*"],  # in a key's policy that means this key
        conditions=conditions,
    )


def _for_log_groups(stack: Stack) -> iam.PolicyStatement:
    """CloudWatch Logs names the log group in the encryption context instead of an account."""
    groups = stack.format_arn(service="logs", resource="log-group:*")
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal(f"logs.{Aws.REGION}.amazonaws.com")],
        actions=_LOGS_USE,
        resources=["*"],
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )


_LOGS_USE = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
]
