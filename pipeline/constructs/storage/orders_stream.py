"""Make the Kinesis stream that shops put order events on. Used by the data stack."""

from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_kms as kms
from constructs import Construct

from ordercast.settings.stage import StageSettings
from pipeline.constructs.conversions import duration, removal_policy


class OrdersStream(Construct):
    """An encrypted stream; Kinesis has no endpoint without TLS to deny. Set in stages/*.toml as orders."""

    def __init__(self, scope: Construct, name: str, *, stage: StageSettings, key: kms.IKey) -> None:
        super().__init__(scope, name)
        settings = stage.orders
        self.stream = kinesis.Stream(
            self,
            "Stream",
            stream_mode=_MODES[settings.mode],
            shard_count=settings.shards,
            retention_period=duration(settings.retention),
            encryption=kinesis.StreamEncryption.KMS,
            encryption_key=key,
            removal_policy=removal_policy(stage.removal),
        )


_MODES = {
    "provisioned": kinesis.StreamMode.PROVISIONED,
    "on-demand": kinesis.StreamMode.ON_DEMAND,
}
