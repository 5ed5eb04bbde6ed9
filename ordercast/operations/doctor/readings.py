"""Type the facts of an account that have kept messages from being sent. Read by the gateways beside, judged by `checks`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum


class Source(StrEnum):
    """What is read at once, and is known or unknown together."""

    MAIL_ACCOUNT = "mail account"
    MAIL_IDENTITIES = "mail identities"
    MAIL_EVENTS = "configuration set"
    MAIL_REPUTATION = "mail reputation"
    TEXT_SANDBOX = "SMS sandbox"
    TEXT_SPEND = "SMS spend"
    VOICE_SANDBOX = "End User Messaging sandbox"
    VOICE_SPEND = "End User Messaging spend"
    VOICE_OPTED_OUT = "End User Messaging opt-out list"
    TEXT_LOGGING = "SMS delivery logging"
    PRICES = "price list"
    ORIGINATIONS = "originations"
    OPTED_OUT = "opted-out numbers"
    LOG_GROUPS = "SMS log groups"
    CONCURRENCY = "Lambda concurrency"
    KEY = "key"
    ALARM_TARGETS = "alarm targets"
    CLOCK = "clock"
    BOOTSTRAP = "CDK bootstrap"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadSource:
    """A fact that could not be read: `why` is the code of the refusal, or the name of the error."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAccount:
    """What SES lets the account send, in this Region; a number that it does not limit is None."""

    production: bool
    sending: bool
    enforcement: str  # HEALTHY, PROBATION or SHUTDOWN
    rate: float | None  # recipients a second
    quota: int | None  # recipients in 24 hours
    sent: int  # recipients in the last 24 hours
    plan: str | None  # in lower case; None where SES does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class MailIdentity:
    """A domain that the stage sends from; `dkim` is SES's word, SUCCESS if its DNS records are found."""

    domain: str
    there: bool
    verified: bool = False
    dkim: str = ""
    forwards_feedback: bool = False


IdentityReadings = tuple[MailIdentity, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvents:
    """The stage's configuration set, through which SES sends and reports."""

    sending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReputation:
    """The newest rates of the account, in percent; None while SES publishes none."""

    bounces: float | None
    complaints: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSandbox:
    """Whether texts go to verified numbers only."""

    in_it: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSpend:
    """The most that the account's texts of a month may cost, and what they did: US dollars.

    `spent` is None before the month's first text.
    """

    limit: Decimal
    spent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLogging:
    """Whether SNS logs what became of texts, and of how many percent of the delivered ones."""

    on: bool
    sampling: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The countries (ISO 3166-1) whose texts have a price in the list of this release."""

    countries: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Originations:
    """The countries (ISO 3166-1) that the account has an active number for, and a sender id.

    `names` are those of active numbers and pools, by number and id.
    """

    numbers: frozenset[str]
    sender_ids: Mapping[str, frozenset[str]]
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut:
    """The list of numbers that opted out can be asked; nothing of it is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogGroup:
    """A group of SNS's delivery logs; without `expires` SNS made it, in the clear and for ever."""

    name: str
    there: bool
    expires: bool = False
    forwarded: bool = False  # to the account stack's function
    other_filters: tuple[str, ...] = ()


LogGroups = tuple[LogGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcurrencyReading:
    """How many invocations the account's functions may have at a time, and how many nobody reserved."""

    limit: int
    unreserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageKey:
    """The key that encrypts the stage's data; `state` is Enabled while it can be used (KMS)."""

    state: str
    rotates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTargets:
    """How many subscriptions to the alarms are confirmed, and how many are not."""

    confirmed: int
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSkew:
    """How far this machine's clock is ahead of AWS's; behind is negative."""

    ahead: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """The version of what `cdk bootstrap` made in the account and Region."""

    version: int
