"""Compose what must survive a deployment: stream, tables, bucket, their key, and mail identities."""

from aws_cdk import Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from ordercast.settings.stage import StageSettings
from pipeline.constructs.messaging.mail_identities import MailIdentities
from pipeline.constructs.storage.encryption_key import SES, EncryptionKey
from pipeline.constructs.storage.orders_stream import OrdersStream
from pipeline.constructs.storage.parked_bucket import ParkedBucket
from pipeline.constructs.storage.tables import Tables

_HANDLING_ENCRYPTED_DATA = (
    "sns.amazonaws.com",  # delivers to encrypted queues
    SES,  # publishes events on an encrypted topic
    "cloudwatch.amazonaws.com",  # publishes alarms on an encrypted topic
)


class DataStack(Stack):
    """Everything that holds data for longer than a retry, or that only time or DNS could bring back.

    Set in stages/*.toml: deletion_protection keeps this stack from being deleted, removal says
    what becomes of its data when it is, and existing_key, _tables, _bucket and _identities what is
    there already and only used.
    """

    def __init__(self, scope: Construct, name: str, *, stage: StageSettings) -> None:
        super().__init__(scope, name, termination_protection=stage.deletion_protection)
        self.key = self._key(stage)
        self.orders = OrdersStream(self, "Orders", stage=stage, key=self.key).stream
        self.tables = Tables(self, stage=stage, key=self.key)
        MailIdentities(self, "Mail", stage=stage)
        self.parked = ParkedBucket(self, "Parked", stage=stage, key=self.key)

    def _key(self, stage: StageSettings) -> kms.IKey:
        if stage.existing_key:
            return kms.Key.from_key_arn(self, "ExistingKey", stage.existing_key)
        services = _HANDLING_ENCRYPTED_DATA
        return EncryptionKey(self, "Key", services=services, removal=stage.removal).key
