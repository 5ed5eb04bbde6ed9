"""Make the bucket for SNS's daily usage reports of text messages. Used by the account stack."""

from datetime import timedelta

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from ordercast.settings.stage import AccountSettings
from pipeline.constructs.conversions import duration, removal_policy


class UsageReports(Construct):
    """Private, encrypted, TLS only, and emptied by age: each line holds a phone number.

    SNS's guide ("Subscribing to daily SMS usage reports") names no key of ours, so S3 encrypts with its own.
    """

    def __init__(self, scope: Construct, name: str, *, account: AccountSettings) -> None:
        super().__init__(scope, name)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=duration(account.usage_report_retention),
                    abort_incomplete_multipart_upload_after=duration(timedelta(days=1)),
                )
            ],
            # SNS goes on writing where it did before it was told otherwise: the name stays ours.
            removal_policy=removal_policy("retain"),
        )
        bucket = self.bucket.bucket_arn
        self._let_sns(["s3:PutObject"], on=f"{bucket}/*")
        self._let_sns(["s3:GetBucketLocation", "s3:ListBucket"], on=bucket)

    def _let_sns(self, actions: list[str], *, on: str) -> None:
        topics = Stack.of(self).format_arn(service="sns", resource="*")
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("sns.amazonaws.com")],
                actions=actions,
                resources=[on],
                conditions={
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                    "ArnLike": {"aws:SourceArn": topics},
                },
            )
        )
