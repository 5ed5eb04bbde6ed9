"""Each processor's settings: written to its environment when deployed, read back when it runs."""

import re
from dataclasses import dataclass
from datetime import time, timedelta

from gateways.environment import EnvironmentSettings
from notifications import quiet
from notifications.person import QuietHours

NAMESPACE = "Ordercast"
PARKED_METRIC = "NotificationsParked"
"""What the senders count, by stage, and an alarm watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRelaySettings(EnvironmentSettings):
    """What the order relay needs; `retention` is how long a notification's row is kept.

    `cap` is how many messages may fall due for one person in any hour; `quiet_hours` and `allowed_recipients`
    are read by the two functions below. Quiet hours are by the clock of the customer's record, else
    of the event's `contact.time_zone`, else of where the phone number may be, else of the country
    that record or event names, and only then of `default_time_zone`.
    """

    ledger_table: str
    customers_table: str
    hub_topic_arn: str
    parked_bucket: str
    default_country: str
    default_time_zone: str
    default_currency: str
    retention: timedelta
    republish_after: timedelta
    cap: int
    quiet_hours: str
    allowed_recipients: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderSettings(EnvironmentSettings):
    """What the sender of any channel needs; `stage` is a dimension of its metric, and a tag of mail.

    After `silence` nothing more is said of a message.
    """

    stage: str
    ledger_table: str
    customers_table: str
    receipts_table: str
    claim_lease: timedelta
    receipt_retention: timedelta
    silence: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSenderSettings(SenderSettings):
    """What the SMS sender needs; an empty `sender_id` leaves the origination to the account."""

    sender_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSenderSettings(SenderSettings):
    """What the e-mail sender needs; `email_from` is an address of the verified mail domain."""

    email_from: str
    configuration_set: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptTrackerSettings(EnvironmentSettings):
    """What the receipt tracker needs.

    `orphan_wait` is how long a receipt waits for whoever sent its message; so many `soft_bounces`
    of an address are a refusal.
    """

    ledger_table: str
    customers_table: str
    receipts_table: str
    receipt_retention: timedelta
    silence: timedelta
    orphan_wait: timedelta
    soft_bounces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SweeperSettings(EnvironmentSettings):
    """What the sweeper needs; `republish_after` is the first of its widening waits.

    After `resend_email_after` an e-mail in doubt is sent once more; zero is never.
    """

    ledger_table: str
    customers_table: str
    hub_topic_arn: str
    receipts_queue_url: str
    receipts_dead_letters_url: str
    republish_after: timedelta
    resend_email_after: timedelta
    receipts_table: str
    silence: timedelta
    claim_lease: timedelta
    soft_bounces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsLogForwarderSettings(EnvironmentSettings):
    """What the account's SMS log forwarder needs."""

    receipts_topic_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsAttributesSettings(EnvironmentSettings):
    """What the account's SMS attributes resource needs."""

    delivery_status_role_arn: str


def quiet_hours(written: str) -> QuietHours | None:
    """Read `21:00-08:00`; an empty text is none. Raises `ValueError` for anything else."""
    if not written:
        return None
    match = _QUIET_HOURS.fullmatch(written)
    if match is None:
        message = "not two times of the day such as 21:00-08:00"
        raise ValueError(message)
    if match[1] == match[2]:
        # All day, or never? Who wants nothing at all opts out, and is not kept waiting.
        message = "not two different times of the day"
        raise ValueError(message)
    return QuietHours(start=time.fromisoformat(match[1]), end=time.fromisoformat(match[2]))


def is_time_zone(written: str) -> bool:
    """Tell whether that is the name of one of IANA's time zones, as in `Europe/Paris`."""
    return quiet.is_time_zone(written)


def recipient_patterns(written: str) -> tuple[str, ...]:
    """Read `*@example.com,+1206555*`; a lone `*` is everybody."""
    return tuple(each for each in (part.strip() for part in written.split(",")) if each)


_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_QUIET_HOURS = re.compile(f"({_TIME})-({_TIME})")
