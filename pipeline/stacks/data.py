"""A stage comes in; what must survive a deployment goes out: its stream, tables and bucket."""

from aws_cdk import CfnOutput, Stack
from constructs import Construct

from pipeline.constructs.storage.encryption_key import EncryptionKey
from pipeline.constructs.storage.orders_stream import OrdersStream
from pipeline.constructs.storage.parked_bucket import ParkedBucket
from pipeline.constructs.storage.tables import Tables
from pipeline.stage import Stage


class DataStack(Stack):
    """Everything that holds data for longer than a retry, and the stage's one key."""

    def __init__(self, scope: Construct, name: str, *, stage: Stage) -> None:
        super().__init__(scope, name, termination_protection=stage.deletion_protection)
        self.key = EncryptionKey(
            self, "Key", services=_HANDLING_ENCRYPTED_DATA, removal=stage.removal
        ).key
        self.orders = OrdersStream(
            self, "Orders", numbers=stage.orders, key=self.key, removal=stage.removal
        ).stream
        self.tables = Tables(self, stage=stage, key=self.key)
        self.parked = ParkedBucket(
            self,
            "Parked",
            retention=stage.parked_retention,
            key=self.key,
            removal=stage.removal,
        )
        CfnOutput(self, "OrdersStreamName", value=self.orders.stream_name)
        CfnOutput(self, "ParkedBucketName", value=self.parked.bucket.bucket_name)


_HANDLING_ENCRYPTED_DATA = (
    "sns.amazonaws.com",  # delivers to encrypted queues
    "ses.amazonaws.com",  # publishes events on an encrypted topic
    "cloudwatch.amazonaws.com",  # publishes alarms on an encrypted topic
)
