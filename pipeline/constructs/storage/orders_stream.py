"""A stage's stream numbers come in; the Kinesis stream that shops put order events on goes out."""

from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from constructs import Construct

from pipeline.constructs.conversions import duration, removal_policy
from pipeline.stage import OrdersStreamNumbers, Removal


class OrdersStream(Construct):
    """Encrypted. Kinesis has no endpoint without TLS, so there is none to deny."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        numbers: OrdersStreamNumbers,
        key: kms.IKey,
        removal: Removal,
    ) -> None:
        super().__init__(scope, name)
        self.stream = kinesis.Stream(
            self,
            "Stream",
            stream_mode=_MODES[numbers.mode],
            shard_count=numbers.shards,
            retention_period=duration(numbers.retention),
            encryption=kinesis.StreamEncryption.KMS,
            encryption_key=key,
            removal_policy=removal_policy(removal),
        )


_MODES = {
    "provisioned": kinesis.StreamMode.PROVISIONED,
    "on-demand": kinesis.StreamMode.ON_DEMAND,
}
