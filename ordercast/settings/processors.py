"""Type the environment of each processor: written when it is deployed, read when it starts.

Written by pipeline/constructs/functions/, read by processors/. Durations, limits and words are set
in stages/*.toml by the names that each class gives; the others are names of deployed resources.
"""

import re
from datetime import time, timedelta
from decimal import Decimal

from msgspec import Struct

from ordercast.embedded_metric_format import MetricsLevel
from ordercast.people import quiet_hours as quiet
from ordercast.people.person import QuietHours
from ordercast.settings.brands import own_senders
from ordercast.settings.choice_by_cost import ChoiceByCostSettings, read_choice
from ordercast.settings.environment import EnvironmentSettings
from ordercast.settings.originations import OriginationTable, read_originations
from ordercast.settings.second_region import SecondRegionNames
from ordercast.settings.texts import template_ids


class QuietSettings(Struct, frozen=True, kw_only=True):
    """When messages are held back, set in stages/*.toml by the same names.

    Both hours are parsed by the function below. They follow the time zone of the customer's
    record, else of the event's `contact.time_zone`, else of the phone number, else of the country
    in the record or the event, and only then `default_time_zone`.
    """

    quiet_hours: str
    promotional_quiet_hours: str
    default_country: str
    default_time_zone: str


class OrderRelaySettings(QuietSettings, EnvironmentSettings, frozen=True, kw_only=True):
    """Settings of the order relay, set in stages/*.toml by the same names, from default_currency on.

    `allowed_recipients` is parsed by the function below, `countries` by `texts`, `status_synonyms` by
    `statuses`; `stage` is a dimension of its metrics.
    """

    stage: str
    address_secret: str
    ledger_table: str
    customers_table: str
    notifications_topic_arn: str
    parked_bucket: str
    default_currency: str
    retention: timedelta
    republish_after: timedelta
    cap: int
    allowed_recipients: str
    countries: str
    landlines: bool
    fallback: bool
    fallback_to_text: bool
    status_synonyms: str


class SendPolicy(QuietSettings, frozen=True, kw_only=True):
    """How fast the senders send, how long they hold claims and wait for receipts.

    Set in stages/*.toml by the same names, but for `rate`: the stage's share of its sender's rate, in
    parts of texts or recipients of e-mails a second. `origination` names the bucket that shares it out.
    """

    origination: str
    rate: int
    velocity_floor: int
    velocity_factor: int
    claim_lease: timedelta
    receipt_retention: timedelta
    receipt_timeout: timedelta
    fallback_unknown_after: timedelta


class SenderSettings(SendPolicy, EnvironmentSettings, frozen=True, kw_only=True):
    """Settings of the senders of all channels; `stage` is a dimension of their metrics, and a tag of e-mails.

    `region` is where they are deployed; the second one, "" for none, and its share are set in the table
    second_region.

    What prices their messages is set in stages/*.toml, from `countries` on by the same names.
    """

    stage: str
    region: str
    second_region: str
    second_region_share: int
    metrics: MetricsLevel
    address_secret: str
    ledger_table: str
    customers_table: str
    receipts_table: str
    countries: str
    price_factor: Decimal
    email_plan: str


class TextResources(Struct, frozen=True, kw_only=True):
    """What texts by End User Messaging are sent with; "" leaves it to the configuration set, or the account."""

    configuration_set: str
    origination: str
    protect_configuration: str = ""


class SmsSenderSettings(SenderSettings, frozen=True, kw_only=True):
    """Settings of the SMS sender, set in stages/*.toml by the same names, those of India in its table.

    `sms_origination` is set as end_user_messaging.origination, `second_region_origination` in the table
    second_region; they and the names of the resources of
    End User Messaging are empty where the stage does not use it.
    """

    sms_provider: str
    sms_provider_by_country: str
    sender_id: str
    india_entity_id: str
    india_template_ids: str
    sms_origination: str
    second_region_origination: str
    sms_configuration_set: str
    sms_protect_configuration: str
    originations: str
    choice_by_cost: str

    @property
    def origination_table(self) -> OriginationTable:
        """What texts to single countries leave from."""
        return read_originations(self.originations)

    def sent_with(self, region: str) -> TextResources:
        """Return what texts are sent with in *region*, of End User Messaging."""
        if region == self.region:
            return TextResources(
                configuration_set=self.sms_configuration_set,
                protect_configuration=self.sms_protect_configuration,
                origination=self.sms_origination,
            )
        return TextResources(
            configuration_set=SecondRegionNames(stage=self.stage).configuration_set,
            origination=self.second_region_origination,
        )

    @property
    def cost_choice(self) -> ChoiceByCostSettings:
        """When the cheapest route is taken."""
        return read_choice(self.choice_by_cost)

    @property
    def templates_in_india(self) -> dict[str, str]:
        """The id that each template is registered by in India."""
        return template_ids(self.india_template_ids)


class EmailSenderSettings(SenderSettings, frozen=True, kw_only=True):
    """Settings of the e-mail sender, set in stages/*.toml as email_from and unsubscribe_….

    `brand_senders` is parsed by `settings.brands`.
    """

    email_from: str
    brand_senders: str
    unsubscribe_url: str
    unsubscribe_mailbox: str
    configuration_set: str

    def configuration_set_in(self, region: str) -> str:
        """Return what e-mails are sent with in *region*."""
        second = SecondRegionNames(stage=self.stage).configuration_set
        return self.configuration_set if region == self.region else second

    @property
    def own_senders(self) -> dict[str, str]:
        """The address of each brand whose own is used, by folder."""
        return own_senders(self.brand_senders)


class ReceiptPolicy(Struct, frozen=True, kw_only=True):
    """How receipts are merged, set in stages/*.toml as receipt_retention, receipt_timeout and soft_bounces.

    `orphan_wait` is how long a receipt waits for the sender to record its message: three times
    claim_lease. `region` is where the stage is, and `second_region` its other one; "" is none.
    """

    region: str = ""
    second_region: str = ""
    receipt_retention: timedelta
    receipt_timeout: timedelta
    orphan_wait: timedelta
    soft_bounces: int


class ReceiptTrackerSettings(ReceiptPolicy, EnvironmentSettings, frozen=True, kw_only=True):
    """Settings of the receipt tracker."""

    address_secret: str
    ledger_table: str
    customers_table: str
    receipts_table: str


class SweepPolicy(QuietSettings, frozen=True, kw_only=True):
    """When the sweeper acts, and to whom fallbacks go, set in stages/*.toml by the same names.

    To resend after 0 is never, to hold at 0 too, and to fall back after 0 of knowing nothing. `region` is
    where the stage is, and `second_region` its other one; "" is none.
    """

    region: str = ""
    second_region: str = ""
    republish_after: timedelta
    resend_email_after: timedelta
    receipt_timeout: timedelta
    claim_lease: timedelta
    retry_after_receipt: str
    retry_for_now: bool
    fallback_grace: timedelta
    fallback_unknown_after: timedelta
    allowed_recipients: str
    soft_bounces: int
    hold_bounce_percent: Decimal
    hold_complaint_percent: Decimal


class SweeperSettings(SweepPolicy, EnvironmentSettings, frozen=True, kw_only=True):
    """Settings of the sweeper; `senders` is read by `settings.senders`."""

    stage: str
    rollups_table: str
    metrics: MetricsLevel
    senders: str
    address_secret: str
    ledger_table: str
    customers_table: str
    receipts_table: str
    notifications_topic_arn: str
    receipts_queue_url: str
    receipts_dead_letters_url: str


class SmsLogForwarderSettings(EnvironmentSettings, frozen=True, kw_only=True):
    """Settings of the account's SMS log forwarder."""

    receipts_topic_arn: str


class SmsAttributesSettings(EnvironmentSettings, frozen=True, kw_only=True):
    """Settings of the account's SMS attributes resource; the rest are its properties."""

    delivery_status_role_arn: str


MONTHLY_LIMIT, USAGE_REPORTS = "MonthlySpendLimit", "UsageReportS3Bucket"
"""SNS's names of the attributes that stages/account.toml may set."""


def quiet_hours(written: str) -> QuietHours | None:
    """Read `21:00-08:00`; an empty text is none. Raises `ValueError` for anything else."""
    if not written:
        return None
    match = _QUIET_HOURS.fullmatch(written)
    if match is None:
        message = "not two times of the day such as 21:00-08:00"
        raise ValueError(message)
    if match[1] == match[2]:
        # All day, or never? A customer who wants no messages opts out instead.
        message = "not two different times of the day"
        raise ValueError(message)
    return QuietHours(start=time.fromisoformat(match[1]), end=time.fromisoformat(match[2]))


def is_time_zone(written: str) -> bool:
    """Tell whether *written* is an IANA time zone such as `Europe/Paris`."""
    return quiet.is_time_zone(written)


def recipient_patterns(written: str) -> tuple[str, ...]:
    """Read `*@example.com,+1206555*`; `*` alone allows every recipient."""
    return tuple(each for each in (part.strip() for part in written.split(",")) if each)


_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_QUIET_HOURS = re.compile(f"({_TIME})-({_TIME})")
