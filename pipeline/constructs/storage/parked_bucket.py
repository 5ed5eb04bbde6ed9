"""Make or find the bucket for parked records and failed batches. Used by the data stack.

The order relay parks records under `parked/`; Lambda itself writes the batches that it gave up
under `aws/lambda/`. Both hold customers' data: encrypted, and deleted after the retention.
"""

from datetime import timedelta

import jsii
from aws_cdk import Aws
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from ordercast.settings.stage import StageSettings
from pipeline.constructs.conversions import duration, removal_policy
from pipeline.constructs.functions.function import Function


class ParkedBucket(Construct):
    """Private, encrypted, TLS only, and emptied by age. Set in stages/*.toml as parked_retention and existing_bucket."""

    def __init__(self, scope: Construct, name: str, *, stage: StageSettings, key: kms.IKey) -> None:
        super().__init__(scope, name)
        self._key = key
        if stage.existing_bucket:
            self.bucket = s3.Bucket.from_bucket_name(self, "Existing", stage.existing_bucket)
            return
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=duration(stage.parked_retention),
                    abort_incomplete_multipart_upload_after=duration(timedelta(days=1)),
                )
            ],
            # Only an empty bucket can be deleted: `ordercast parked empty` does that, by an operator's word.
            removal_policy=removal_policy(stage.removal),
        )
        if self.bucket.policy:  # a bucket that stays goes on refusing callers without TLS
            self.bucket.policy.apply_removal_policy(removal_policy(stage.removal))

    def let_park(self, function: Function) -> None:
        """Let *function* add parked records, not read or remove any."""
        self._let_put(function, prefix="parked")

    def let_read(self, function: Function) -> None:
        """Let *function* read parked records and the batches that Lambda gave up."""
        objects = [self.bucket.arn_for_objects(f"{each}/*") for each in ("parked", "aws/lambda")]
        function.allow("s3:GetObject", on=objects, when=_OURS)
        function.allow_key("kms:Decrypt", key=self._key, through="s3")
        function.allow("s3:ListBucket", on=[self.bucket.bucket_arn], when=_OURS)

    def let_lambda_report(self, function: Function) -> None:
        """Let Lambda, in *function*'s name, write the batches that it gave up."""
        self._let_put(function, prefix="aws/lambda")
        function.allow("s3:ListBucket", on=[self.bucket.bucket_arn], when=_OURS)

    def _let_put(self, function: Function, *, prefix: str) -> None:
        objects = self.bucket.arn_for_objects(f"{prefix}/*")
        function.allow("s3:PutObject", on=[objects], when=_OURS)
        function.allow_key("kms:GenerateDataKey", key=self._key, through="s3")


# Another account may create the name of a deleted bucket again (Lambda guide, "Retain discarded
# batches"): never write to that.
_OURS = {"StringEquals": {"s3:ResourceAccount": Aws.ACCOUNT_ID}}


@jsii.implements(lambda_.IEventSourceDlq)
class GivenUpBatches:
    """The bucket as an event source's failure destination; CDK's own would also grant reading and deleting."""

    def __init__(self, *, bucket: ParkedBucket, function: Function) -> None:
        self._bucket = bucket
        self._function = function

    def bind(
        self, target: lambda_.IEventSourceMapping, target_handler: lambda_.IFunction
    ) -> lambda_.DlqDestinationConfig:
        """Return where Lambda writes, having allowed it to."""
        del target, target_handler  # the function is known by its own construct
        self._bucket.let_lambda_report(self._function)
        return lambda_.DlqDestinationConfig(destination=self._bucket.bucket.bucket_arn)
