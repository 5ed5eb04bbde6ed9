"""Type the settings of a stage and of an account.

Used by the CDK app, which reads them from stages/*.toml, and by the commands, which read those of
a deployed stage from SSM. What a field does, its unit and its trap stand in stages/default.toml
and stages/account.toml, and only there.
"""

from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

from ordercast.events.order_event import Channel
from ordercast.settings.choice_by_cost import ChoiceByCostSettings
from ordercast.settings.originations import OriginationTable, with_share
from ordercast.settings.status_events import StatusEventsSettings
from ordercast.typed_values import Country, Flag, Mailbox, Positive, SenderId, Settings, Span, Text

# Each type says in its description what is taken: `read_settings` puts it into a refusal.
Whole = Annotated[int, Meta(ge=0, description="a whole number of 0 or more")]
Percent = Annotated[int, Meta(ge=1, le=100, description="a percentage of 1 to 100")]
ShareOfMessages = Annotated[int, Meta(ge=0, le=99, description="a whole number between 0 and 99")]
Receives = Annotated[int, Meta(ge=1, le=1000, description="a whole number between 1 and 1000")]
Concurrency = Annotated[int, Meta(ge=2, le=1000, description="a whole number between 2 and 1000")]
Factor = Annotated[Decimal, Meta(description="a number such as 1.5")]
GroupCount = Annotated[int, Meta(ge=1, le=5, description="a whole number between 1 and 5")]
_CURRENCY = 'a currency of ISO 4217 in three capitals, such as "EUR"'
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z", description=_CURRENCY)]
# Printable ASCII without the <> that a List-Unsubscribe header puts around it; SES takes 995 characters.
_URL = r"^(|(?=\S*\{id\})https://[!-;=?-~]{1,600})\Z"
_UNSUBSCRIBE_URL = '"", or an https address with {id} in it, for the notification\'s id'
UnsubscribeUrl = Annotated[str, Meta(pattern=_URL, description=_UNSUBSCRIBE_URL)]
EntityId = Annotated[str, Meta(pattern=r"^[0-9]{0,50}\Z", description='"", or up to 50 digits')]
_ORIGINATION = '"", or a number, pool or sender id of the account, by its name, id or ARN'
OriginationIdentity = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9_:/+-]{0,256}\Z", description=_ORIGINATION)
]
_REGION, _IN_AWS = r"^(|[a-z]{2}(-[a-z]+){1,2}-[0-9])\Z", 'a Region of AWS such as "eu-west-1"'
RegionName = Annotated[str, Meta(pattern=_REGION, description=f'"", or {_IN_AWS}')]
_TAG = "1 to 256 letters, digits, spaces and any of _.:/=+-@"
TagValue = Annotated[str, Meta(pattern=r"^[A-Za-z0-9 _.:/=+@-]{1,256}\Z", description=_TAG)]
Removal = Literal["destroy", "retain"]
LogLevel = Literal["DEBUG", "INFO", "WARNING"]
_NUMBER = '"", or a number such as "+12065550100"'
Number = Annotated[str, Meta(pattern=r"^(|\+[1-9][0-9]{6,14})\Z", description=_NUMBER)]
HttpsUrl = Annotated[str, Meta(pattern=r"^https://[!-~]{1,500}\Z", description="an https address")]


class BundleTarget(Settings, frozen=True):
    """What the functions' code is built for."""

    python: Text
    architecture: Literal["arm64", "x86_64", "host"]


class IndiaSettings(Settings, frozen=True):
    """What texts to India are registered as; empty where none go there."""

    entity_id: EntityId
    template_ids: Text


class EndUserMessagingSettings(Settings, frozen=True):
    """What texts leave from, and what the stage's protect configuration says of countries."""

    origination: OriginationIdentity
    protect: Text
    keep_receipts: Flag


class SecondRegionSettings(Settings, frozen=True):
    """Another Region that messages may go by, its share of them, and what is there already."""

    region: RegionName
    share: ShareOfMessages
    origination: OriginationIdentity
    existing_identities: Text


class OrdersStreamSettings(Settings, frozen=True):
    """The Kinesis stream of order events; `shards` belongs to mode "provisioned" only."""

    mode: Literal["provisioned", "on-demand"]
    retention: Span
    shards: Positive | None = None


class FunctionSettings(Settings, frozen=True, kw_only=True, omit_defaults=True):
    """A Lambda function; `reserved` is concurrency that no other function of the account gets.

    What says nothing is not written for the commands: all settings have to fit a parameter.
    """

    memory: Positive
    timeout: Span
    reserved: Positive | None = None


class StreamReaderSettings(FunctionSettings, frozen=True):
    """A function that reads a stream."""

    batch_size: Positive
    window: Span
    parallelization: Positive
    max_age: Span
    behind: Span


class QueueReaderSettings(FunctionSettings, frozen=True):
    """A function that reads queues."""

    batch_size: Positive
    window: Span
    max_receives: Receives


class ReceiptTrackerFunctionSettings(QueueReaderSettings, frozen=True):
    """The receipt tracker, whose concurrency no provider's rate limits."""

    concurrency: Concurrency


class SenderFunctionSettings(QueueReaderSettings, frozen=True):
    """A function that sends messages, and what its provider takes from the account."""

    rate: Positive
    share: Percent

    @property
    def limit(self) -> int:
        """What this stage may send, in units a second, rounded down so that all shares fit the rate."""
        return self.rate * self.share // 100


class SweeperFunctionSettings(FunctionSettings, frozen=True):
    """The sweeper, which runs once for each group of shards."""

    groups: GroupCount


class NetworkSettings(Settings, frozen=True):
    """Whether the functions of a stage run in a VPC of their own, and with which addresses."""

    vpc: Flag
    addresses: Text


class TableSettings(Settings, frozen=True):
    """What each table and index takes at once; 0 is what a new one takes."""

    warm_reads: Whole
    warm_writes: Whole


class QueueSettings(Settings, frozen=True):
    """The work queues and their dead-letter queues."""

    retention: Span
    dead_letter_retention: Span


class AlarmSettings(Settings, frozen=True):
    """The thresholds of alarms, and the address that they are sent to."""

    period: Span
    errors: Whole
    due_age: Span
    in_doubt: Whole
    over_price: Positive
    cost_an_hour: Whole
    delivered_percent: Whole
    email_processing_ms: Positive
    sms_processing_ms: Positive
    email_error_percent: Factor
    sms_error_percent: Factor
    decided_percent: Factor
    enough_to_judge: Whole
    queue_age: Span
    bounce_percent: Factor
    complaint_percent: Factor
    sms_spend: Factor
    end_user_messaging_spend: Factor
    month_cost: Whole
    email: Text | None = None
    url: HttpsUrl | None = None


class StageSettings(Settings, frozen=True):
    """Everything in which one stage differs from another. Set in stages/*.toml, by these names."""

    name: Text
    region: RegionName
    owner: TagValue
    target: BundleTarget
    removal: Removal
    deletion_protection: Flag
    account_protection: Flag
    sms_attributes: Flag
    release: Literal["none", "at-once", "canary"]
    log_retention: Span
    log_level: LogLevel
    tracing: Flag
    metrics: Literal["essential", "full"]
    heartbeat_every: Span
    sms_heartbeat_every: Span
    sms_heartbeat_number: Number
    mail_domain: Text
    email_from: Text
    existing_identities: Text
    existing_tables: Text
    existing_key: Text
    existing_bucket: Text
    existing_secret: Text
    sms_provider: Text
    sms_provider_by_country: Text
    sender_id: SenderId
    brand_senders: Text
    unsubscribe_url: UnsubscribeUrl
    unsubscribe_mailbox: Mailbox
    price_factor: Factor
    email_plan: Literal["none", "essentials", "pro", "enterprise"]
    email_tls: Literal["require", "optional"]
    status_synonyms: Text
    allowed_recipients: Text
    cap: Positive
    quiet_hours: Text
    promotional_quiet_hours: Text
    countries: Text
    landlines: Flag
    fallback: Flag
    fallback_to_text: Flag
    retry_after_receipt: Text
    retry_for_now: Flag
    fallback_grace: Span
    fallback_unknown_after: Span
    default_country: Country
    default_time_zone: Text
    default_currency: Currency
    soft_bounces: Whole
    hold_bounce_percent: Factor
    hold_complaint_percent: Factor
    retention: Span
    receipt_retention: Span
    parked_retention: Span
    claim_lease: Span
    republish_after: Span
    resend_email_after: Span
    receipt_timeout: Span
    velocity_floor: Whole
    velocity_factor: Positive
    sweep_every: Span
    sole_sender: Flag
    second_look: Span
    india: IndiaSettings
    end_user_messaging: EndUserMessagingSettings
    second_region: SecondRegionSettings
    originations: OriginationTable
    choice_by_cost: ChoiceByCostSettings
    orders: OrdersStreamSettings
    order_relay: StreamReaderSettings
    analytics: StreamReaderSettings
    status_events: StatusEventsSettings
    sms_sender: SenderFunctionSettings
    email_sender: SenderFunctionSettings
    receipt_tracker: ReceiptTrackerFunctionSettings
    sweeper: SweeperFunctionSettings
    verifier: FunctionSettings
    network: NetworkSettings
    tables: TableSettings
    queues: QueueSettings
    alarms: AlarmSettings

    @property
    def rates(self) -> dict[Channel, int]:
        """What each channel's sender may send by all its routes, in units a second."""
        own = with_share(self.originations, self.sms_sender.share).values()
        of_own = {Channel.SMS: sum(each.rate or 0 for each in own)}
        return {
            each: getattr(self, f"{each}_sender").limit + of_own.get(each, 0) for each in Channel
        }

    def rate_of(self, channel: str) -> int:
        """Return what one channel's sender may send by all its routes, in units a second."""
        return self.rates[Channel(channel)]


class AccountSettings(Settings, frozen=True):
    """The settings of the stack that all stages of an account share. Set in stages/account.toml."""

    removal: Removal
    owner: TagValue
    log_retention: Span
    sms_log_retention: Span
    sms_monthly_limit: Whole
    usage_reports: Flag
    usage_report_retention: Span
    forward_within: Span
    sms_log_forwarder: FunctionSettings
    sms_attributes: FunctionSettings
