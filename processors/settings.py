"""Each processor's settings: written to its environment when deployed, read back when it runs."""

from dataclasses import dataclass
from datetime import timedelta

from gateways.environment import EnvironmentSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRelaySettings(EnvironmentSettings):
    """What the order relay needs; `retention` is how long a notification's row is kept."""

    ledger_table: str
    hub_topic_arn: str
    parked_bucket: str
    default_country: str
    default_currency: str
    retention: timedelta
    republish_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderSettings(EnvironmentSettings):
    """What the sender of any channel needs."""

    ledger_table: str
    receipts_table: str
    claim_lease: timedelta
    receipt_retention: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSenderSettings(SenderSettings):
    """What the SMS sender needs; an empty `sender_id` leaves the origination to the account."""

    sender_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSenderSettings(SenderSettings):
    """What the e-mail sender needs; `email_from` is an address of the verified mail domain.

    `stage` is a tag of each message.
    """

    stage: str
    email_from: str
    configuration_set: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptTrackerSettings(EnvironmentSettings):
    """What the receipt tracker needs."""

    ledger_table: str
    receipts_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SweeperSettings(EnvironmentSettings):
    """What the sweeper needs; `republish_after` is the first of its widening waits."""

    ledger_table: str
    hub_topic_arn: str
    republish_after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsLogForwarderSettings(EnvironmentSettings):
    """What the account's SMS log forwarder needs."""

    receipts_topic_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsAttributesSettings(EnvironmentSettings):
    """What the account's SMS attributes resource needs."""

    delivery_status_role_arn: str
