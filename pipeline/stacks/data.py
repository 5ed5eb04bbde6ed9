"""Compose what must survive a deployment: stream, tables, bucket, secret, their key, and mail identities."""

from aws_cdk import Environment, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from ordercast.settings.stage import StageSettings
from ordercast.settings.texts import has_end_user_messaging
from pipeline.constructs.messaging.mail_identities import MailIdentities
from pipeline.constructs.observability.month_budget import BUDGETS
from pipeline.constructs.outputs import Outputs
from pipeline.constructs.storage.address_secret import AddressSecretStore
from pipeline.constructs.storage.encryption_key import SES, SMS_VOICE, EncryptionKey
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
    what becomes of its data when it is, and existing_key, _tables, _bucket, _secret and _identities what is
    there already and only used.
    """

    def __init__(
        self, scope: Construct, name: str, *, env: Environment | None = None, stage: StageSettings
    ) -> None:
        super().__init__(scope, name, env=env, termination_protection=stage.deletion_protection)
        self.key = self._key(stage)
        self.orders = OrdersStream(self, "Orders", stage=stage, key=self.key).stream
        self.tables = Tables(self, stage=stage, key=self.key)
        self.secret = AddressSecretStore(self, "AddressSecret", stage=stage, key=self.key)
        MailIdentities(self, "Mail", stage=stage, existing=stage.existing_identities)
        self.parked = ParkedBucket(self, "Parked", stage=stage, key=self.key)
        Outputs(self, "Outputs", stage=stage.name, values=self._outputs())

    def _outputs(self) -> dict[str, str]:
        tables = self.tables
        return {
            "key-arn": self.key.key_arn,
            "orders-stream": self.orders.stream_name,
            "orders-stream-arn": self.orders.stream_arn,
            "ledger-table": tables.ledger.name,
            "customers-table": tables.customers.name,
            "receipts-table": tables.receipts.name,
            "rollups-table": tables.rollups.name,
            "address-secret-arn": self.secret.arn,
            "parked-bucket": self.parked.bucket.bucket_name,
        }

    def _key(self, stage: StageSettings) -> kms.IKey:
        if stage.existing_key:
            return kms.Key.from_key_arn(self, "ExistingKey", stage.existing_key)
        budgets = (BUDGETS,) if stage.alarms.month_cost else ()
        texts = (SMS_VOICE,) if has_end_user_messaging(stage) else ()
        services = (*_HANDLING_ENCRYPTED_DATA, *texts, *budgets)
        return EncryptionKey(self, "Key", services=services, removal=stage.removal).key
