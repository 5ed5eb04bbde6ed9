"""The numbers of one stage, typed; nothing comes in but them, and constructs are given them.

Stages differ in numbers only: a construct never asks which stage it is in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple

from processors.settings import is_time_zone, quiet_hours, recipient_patterns

Removal = Literal["destroy", "retain"]
"""What becomes of data when its stack is deleted."""

Metrics = Literal["essential", "full"]
"""How much is told in CloudWatch: docs/books.md says what, and what it costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the bundle is built for; `host` is the Python and the machine that synthesise."""

    python: str
    architecture: Literal["arm64", "x86_64", "host"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersStreamNumbers:
    """`shards` belongs to mode `provisioned` only."""

    mode: Literal["provisioned", "on-demand"]
    shards: int | None
    retention: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionNumbers:
    """`memory` is in MiB, and buys the share of a processor with it."""

    memory: int
    timeout: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReaderNumbers(FunctionNumbers):
    """A function behind a stream; what is older than `max_age` goes to the failure destination.

    `behind` is how old the newest record it has read may be before an operator hears of it.
    """

    batch_size: int
    window: timedelta
    parallelization: int
    max_age: timedelta
    behind: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueReaderNumbers(FunctionNumbers):
    """A function behind queues; a batch of more than ten needs a window of a second or more.

    `max_receives` is a safety net only: attempts are counted on the ledger, and what is held back
    is received every few minutes all the while.
    """

    batch_size: int
    window: timedelta
    max_receives: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNumbers:
    """How long messages wait, and dead letters for an operator."""

    retention: timedelta
    dead_letter_retention: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmNumbers:
    """When an operator hears of what.

    `errors` failed invocations of one function within `period`; `in_doubt` messages or
    `cost_an_hour` US dollars of those accepted within an hour; fewer than `delivered_percent` of
    what has ended, once that are `enough_to_judge`.
    """

    email: str | None
    errors: int
    period: timedelta
    in_doubt: int
    cost_an_hour: int
    delivered_percent: int
    enough_to_judge: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything in which one deployment differs from another.

    `sms_attributes` switches on SMS delivery logging for the whole account and Region, and
    `account_protection` keeps the account's stack from being deleted: stages that share an account
    must agree on both. `cap` is how many messages may fall due for one person in any hour;
    `quiet_hours` is `21:00-08:00` or empty, by the clock of `default_time_zone` if nothing says
    which; `allowed_recipients` are patterns, separated by commas; `resend_email_after` is how long
    an e-mail in doubt waits for a word of SES, `0 s` for ever; `heartbeat_every` is how often an
    order of our own goes all the way, `0 s` never; after `silence_after` nobody speaks of a message
    any more, and so many `soft_bounces` within a month are a refusal; `sole_sender` says that no
    other stage or program sends texts from this account and Region, so that what carriers bill for
    unknown ones is this stage's.
    """

    name: str
    target: Target
    removal: Removal
    deletion_protection: bool
    log_retention: timedelta
    sms_attributes: bool
    account_protection: bool
    mail_domain: str
    email_from: str
    sender_id: str
    default_country: str
    default_time_zone: str
    default_currency: str
    retention: timedelta
    receipt_retention: timedelta
    parked_retention: timedelta
    claim_lease: timedelta
    republish_after: timedelta
    resend_email_after: timedelta
    silence_after: timedelta
    soft_bounces: int
    sole_sender: bool
    sweep_every: timedelta
    cap: int
    quiet_hours: str
    allowed_recipients: str
    metrics: Metrics
    heartbeat_every: timedelta
    orders: OrdersStreamNumbers
    order_relay: StreamReaderNumbers
    analytics: StreamReaderNumbers
    sms_sender: QueueReaderNumbers
    email_sender: QueueReaderNumbers
    receipt_tracker: QueueReaderNumbers
    sweeper: FunctionNumbers
    verifier: FunctionNumbers
    queues: QueueNumbers
    alarms: AlarmNumbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The numbers of the one account-settings stack that all stages in an account share."""

    removal: Removal
    log_retention: timedelta
    sms_log_retention: timedelta
    forward_within: timedelta
    sms_log_forwarder: FunctionNumbers
    sms_attributes: FunctionNumbers


class Objection(NamedTuple):
    """A field whose value has the right type and would lose messages, or break a promise."""

    field: str
    why: str


def objections(stage: Stage) -> Iterator[Objection]:
    """Yield what is wrong with the numbers and words of *stage*, by themselves and together."""
    yield from _about_words(stage)
    yield from _about_the_stream(stage)
    yield from _about_retries(stage)
    yield from _about_queues(stage)
    yield from _about_people(stage)
    yield from _about_the_heartbeat(stage)
    yield from _about_logs("log_retention", stage.log_retention)
    if stage.receipt_retention <= stage.silence_after:
        yield Objection("receipt_retention", "must be longer than silence_after")
    if not timedelta(days=1) <= stage.parked_retention <= PARKED_AT_MOST:
        yield Objection("parked_retention", f"must lie between 1 and {PARKED_AT_MOST.days} days")


def account_objections(account: Account) -> Iterator[Objection]:
    """Yield what is wrong with the numbers of *account*."""
    yield from _about_logs("log_retention", account.log_retention)
    yield from _about_logs("sms_log_retention", account.sms_log_retention)


PARKED_AT_MOST = timedelta(days=14)
"""What could not be used may be anybody's data: docs/data-map.md promises that it goes."""

VISIBILITY_FACTOR = 6
"""Time-outs for which a message stays hidden (AWS Lambda guide: configuring a queue)."""

ONE_WAVE = timedelta(seconds=15)
"""What a sender must have left to begin a wave of claims: with less it sends nothing at all."""


def _about_words(stage: Stage) -> Iterator[Objection]:
    if stage.email_from.rpartition("@")[2] != stage.mail_domain:
        yield Objection("email_from", f"must be an address at {stage.mail_domain}")
    for field, word, pattern, why in (
        ("default_country", stage.default_country, "[A-Z]{2}", _COUNTRY),
        ("default_currency", stage.default_currency, "[A-Z]{3}", _CURRENCY),
        ("sender_id", stage.sender_id, "|(?=.*[A-Za-z])[A-Za-z0-9]{1,11}", _SENDER_ID),
    ):
        if not re.fullmatch(pattern, word):
            yield Objection(field, why)


_COUNTRY = "must be a country of ISO 3166-1 in two capitals, such as SE"
_CURRENCY = "must be a currency of ISO 4217 in three capitals, such as EUR"
_SENDER_ID = "must be empty, or 1 to 11 letters and digits with a letter among them"


def _about_the_stream(stage: Stage) -> Iterator[Objection]:
    if (stage.orders.mode == "provisioned") != (stage.orders.shards is not None):
        yield Objection("orders.shards", "belongs to mode provisioned, and only to it")


def _about_retries(stage: Stage) -> Iterator[Objection]:
    for name, reader, kept in (
        ("order_relay", stage.order_relay, stage.orders.retention),
        ("analytics", stage.analytics, _TABLE_STREAM_RETENTION),
    ):
        if not reader.behind < reader.max_age < kept:
            yield Objection(f"{name}.max_age", f"must lie between {name}.behind and {kept}")
    for name, sender in (("sms_sender", stage.sms_sender), ("email_sender", stage.email_sender)):
        if not sender.timeout < stage.claim_lease < VISIBILITY_FACTOR * sender.timeout:
            limits = f"{name}.timeout and {VISIBILITY_FACTOR} times that"
            yield Objection("claim_lease", f"must lie between {limits}")
        if sender.timeout <= ONE_WAVE:
            why = f"must be above {ONE_WAVE.seconds} s, what sending takes"
            yield Objection(f"{name}.timeout", why)
    # A word of SES waits up to a window in front of the receipt tracker.
    if timedelta() < stage.resend_email_after <= stage.receipt_tracker.window:
        yield Objection("resend_email_after", "must be 0 s or above receipt_tracker.window")


def _about_queues(stage: Stage) -> Iterator[Objection]:
    for name, reader in (
        ("sms_sender", stage.sms_sender),
        ("email_sender", stage.email_sender),
        ("receipt_tracker", stage.receipt_tracker),
    ):
        if reader.batch_size > _UNWINDOWED_BATCH and reader.window < timedelta(seconds=1):
            yield Objection(f"{name}.window", "must be a second or more for a batch above ten")
        if not 1 <= reader.max_receives <= _MOST_RECEIVES:
            yield Objection(f"{name}.max_receives", f"must lie between 1 and {_MOST_RECEIVES}")
    if stage.queues.dead_letter_retention <= stage.queues.retention:
        yield Objection("queues.dead_letter_retention", "must be longer than queues.retention")


def _about_people(stage: Stage) -> Iterator[Objection]:
    if stage.cap < 1:
        yield Objection("cap", "must be 1 or more")
    try:
        quiet_hours(stage.quiet_hours)
    except ValueError as error:
        yield Objection("quiet_hours", f"is {error}, nor empty")
    if not is_time_zone(stage.default_time_zone):
        yield Objection("default_time_zone", "must be a time zone of IANA, such as Europe/Paris")
    if not recipient_patterns(stage.allowed_recipients):
        yield Objection("allowed_recipients", 'names nobody; everybody is "*"')


def _about_the_heartbeat(stage: Stage) -> Iterator[Objection]:
    if stage.heartbeat_every and not stage.heartbeat_every >= _OFTEN:
        yield Objection("heartbeat_every", f"must be 0 s or at least {_OFTEN}")
    if timedelta(hours=1) > stage.cap * stage.heartbeat_every > timedelta():
        yield Objection("heartbeat_every", "asks for more messages an hour than the cap lets pass")


def _about_logs(field: str, retention: timedelta) -> Iterator[Objection]:
    if retention // timedelta(days=1) not in LOG_RETENTIONS:
        yield Objection(field, f"must be one of {sorted(LOG_RETENTIONS)} days")


LOG_RETENTIONS = {
    1: "ONE_DAY",
    3: "THREE_DAYS",
    5: "FIVE_DAYS",
    7: "ONE_WEEK",
    14: "TWO_WEEKS",
    30: "ONE_MONTH",
    60: "TWO_MONTHS",
    90: "THREE_MONTHS",
    180: "SIX_MONTHS",
    365: "ONE_YEAR",
}
"""The days for which CloudWatch Logs can keep a group, and what CDK calls them."""

_OFTEN = timedelta(minutes=1)
_TABLE_STREAM_RETENTION = timedelta(hours=24)
_UNWINDOWED_BATCH, _MOST_RECEIVES = 10, 1000  # SQS
