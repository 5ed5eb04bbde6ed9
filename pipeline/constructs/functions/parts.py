"""Hold what the functions of a stage are made of and work on. Made by pipeline/stacks/pipeline.py."""

import re
from dataclasses import dataclass

from aws_cdk import Aws
from aws_cdk import aws_kinesis as kinesis
from constructs import Construct
from msgspec.structs import asdict

from ordercast.settings.environment import EnvironmentSettings
from ordercast.settings.second_region import SecondRegionNames
from ordercast.settings.senders import ChannelSender
from ordercast.settings.stage import StageSettings
from pipeline.constructs.functions.function import Function, FunctionDefaults
from pipeline.constructs.messaging.end_user_messaging import EndUserMessaging
from pipeline.constructs.messaging.mail import Mail
from pipeline.constructs.messaging.queues import Queues
from pipeline.constructs.messaging.topic import EncryptedTopic
from pipeline.constructs.storage.address_secret import AddressSecretStore
from pipeline.constructs.storage.parked_bucket import ParkedBucket
from pipeline.constructs.storage.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class StageParts:
    """One value for all functions: each takes from it what it needs, and grants itself the rest."""

    stage: StageSettings
    defaults: FunctionDefaults
    orders: kinesis.IStream
    tables: Tables
    secret: AddressSecretStore
    parked: ParkedBucket
    notifications: EncryptedTopic
    mail: Mail
    texts: EndUserMessaging | None
    queues: Queues

    @property
    def elsewhere(self) -> dict[str, str]:
        """The configuration set of SES and End User Messaging in the second Region, if there is one."""
        names = SecondRegionNames(stage=self.stage.name)
        second = self.stage.second_region.region
        return {second: names.configuration_set} if second else {}

    @property
    def names(self) -> dict[str, str]:
        """The names that functions and commands know resources by."""
        return {
            "orders_stream": self.orders.stream_name,
            "address_secret": self.secret.arn,
            "ledger_table": self.tables.ledger.name,
            "customers_table": self.tables.customers.name,
            "receipts_table": self.tables.receipts.name,
            "rollups_table": self.tables.rollups.name,
            "parked_bucket": self.parked.bucket.bucket_name,
            "configuration_set": self.mail.configuration_set.configuration_set_name,
        }

    @property
    def senders(self) -> dict[str, ChannelSender]:
        """The sender of each channel, which sends through the account's default origination."""
        return {
            channel: ChannelSender(
                rate=sender.limit,
                share=sender.share,
                origination=f"{channel}/{Aws.REGION}/default",
                high=high.queue.queue_url,
                normal=normal.queue.queue_url,
            )
            for channel, sender, (high, normal) in (
                ("sms", self.stage.sms_sender, self.queues.sms),
                ("email", self.stage.email_sender, self.queues.email),
            )
        }

    def sender_environment(self, channel: str) -> dict[str, object]:
        """Return where and how fast a channel's sender may send."""
        sender = self.senders[channel]
        second = self.stage.second_region
        return {
            "region": Aws.REGION,
            "second_region_share": second.share,
            "rate": sender.rate,
            "origination": sender.origination,
        }

    def environment(self, kind: type[EnvironmentSettings], **own: object) -> EnvironmentSettings:
        """Return the settings of one function: *own*, and the stage's of the same name."""
        topic = self.notifications.topic.topic_arn
        known = {
            "stage": self.stage.name,
            "second_region": self.stage.second_region.region,
            "notifications_topic_arn": topic,
            **self.names,
        }
        return kind.of({**asdict(self.stage), **known, **own})


class StageFunction(Function):
    """A function of a stage. Its own settings are the table of its name in stages/*.toml."""

    def __init__(
        self,
        scope: Construct,
        parts: StageParts,
        handler: str,
        settings: type[EnvironmentSettings],
        **own: object,
    ) -> None:
        table = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()
        super().__init__(
            scope,
            defaults=parts.defaults,
            handler=handler,
            environment=parts.environment(settings, **own),
            settings=getattr(parts.stage, table),
        )
