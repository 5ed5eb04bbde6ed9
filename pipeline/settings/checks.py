"""Refuse settings that contradict each other or would lose messages. Used when they are read.

Add a rule: one line in the function of its subject, with what must hold and the words of the
refusal, which follow "but it".
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from ordercast.settings.brands import brand_senders, sender_of
from ordercast.settings.mapping import ONE_WAVE
from ordercast.settings.processors import is_time_zone, quiet_hours, recipient_patterns
from ordercast.settings.stage import AccountSettings, StageSettings
from ordercast.settings.statuses import status_synonyms
from ordercast.settings.templates import promotional_templates
from pipeline.settings.existing import existing_rules
from pipeline.settings.function_checks import Rule, concurrency, network
from pipeline.settings.observability_checks import alarms, heartbeat, reputation
from pipeline.settings.origination_checks import originations
from pipeline.settings.second_region_checks import second_region
from pipeline.settings.text_checks import prices, retries_after_receipts, sms_providers

VISIBILITY_FACTOR = 6
"""A message stays hidden for so many time-outs of its function (AWS Lambda guide: configuring a queue)."""

SETTLING = timedelta(minutes=1)
"""After how long SQS's counts tell whether a receipt still waits; an e-mail in doubt waits for that."""

ORPHAN_LEASES = 3
"""For so many claim leases a receipt waits for the sender to record its message."""

ATTEMPTS = 12
"""So often a sender tries a message before it parks it; a dead letter before that would say less."""

ONE_ROUND = timedelta(seconds=10)
"""What the sweeper must have left to begin a round."""

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


def contradictions(stage: StageSettings) -> Iterator[tuple[str, str]]:
    """Yield the fields of *stage* that cannot be as they are, and what they must be."""
    subjects = (
        _addresses,
        existing_rules,
        _promotional,
        _statuses,
        _recipients,
        prices,
        sms_providers,
        originations,
        retries_after_receipts,
        _retention,
        _doubt,
        _sweeper,
        _streams,
        _verifier,
        _senders,
        concurrency,
        _queues,
        network,
        second_region,
        heartbeat,
        alarms,
        reputation,
    )
    return _broken(rule for subject in subjects for rule in subject(stage))


def account_contradictions(account: AccountSettings) -> Iterator[tuple[str, str]]:
    """Yield the fields of *account* that cannot be as they are, and what they must be."""
    return _broken(_account(account))


def _account(account: AccountSettings) -> Iterator[Rule]:
    for field in ("log_retention", "sms_log_retention"):
        yield _log_retention(field, getattr(account, field))
    # Usage reports hold phone numbers: docs/data-map.md promises that they go.
    in_bounds = timedelta(days=1) <= account.usage_report_retention <= timedelta(days=365)
    yield "usage_report_retention", in_bounds, "must lie between 1 and 365 days"


def _broken(rules: Iterable[Rule]) -> Iterator[tuple[str, str]]:
    return ((field, why) for field, holds, why in rules if not holds)


def _addresses(stage: StageSettings) -> Iterator[Rule]:
    at_domain = stage.email_from.rpartition("@")[2] == stage.mail_domain
    yield "email_from", at_domain, f"must be an address at {stage.mail_domain}"
    try:
        brands = brand_senders(stage.brand_senders)
    except ValueError as error:
        yield "brand_senders", False, f'must name brands, such as "nordic, acme pending": {error}'
        return
    for folder in (*brands.used, *brands.pending):
        known = sender_of(folder) is not None
        yield "brand_senders", known, f"needs email_from in brands/{folder}/brand.toml"


def _promotional(stage: StageSettings) -> Iterator[Rule]:
    """Refuse promotional e-mails that no reader can end (RFC 8058)."""
    ends = bool(stage.unsubscribe_url or stage.unsubscribe_mailbox)
    for name in promotional_templates():
        yield (
            "unsubscribe_url",
            ends,
            f'must be set, or unsubscribe_mailbox: template "{name}" is promotional',
        )
    try:
        quiet_hours(stage.promotional_quiet_hours)
    except ValueError as error:
        yield "promotional_quiet_hours", False, f"must be empty or two times: {error}"


def _statuses(stage: StageSettings) -> Iterator[Rule]:
    try:
        status_synonyms(stage.status_synonyms)
    except ValueError as error:
        example = "words and their statuses, such as klar ready_for_pickup"
        yield "status_synonyms", False, f"must be empty or name {example}: {error}"


def _recipients(stage: StageSettings) -> Iterator[Rule]:
    try:
        quiet_hours(stage.quiet_hours)
    except ValueError as error:
        yield "quiet_hours", False, f"must be empty or two times: {error}"
    known = is_time_zone(stage.default_time_zone)
    yield "default_time_zone", known, "must be a time zone of IANA, such as Europe/Paris"
    some = bool(recipient_patterns(stage.allowed_recipients))
    yield "allowed_recipients", some, 'must allow somebody; everybody is "*"'


def _retention(stage: StageSettings) -> Iterator[Rule]:
    yield _log_retention("log_retention", stage.log_retention)
    longer = stage.receipt_retention > stage.receipt_timeout
    yield "receipt_retention", longer, "must be longer than receipt_timeout"
    answered = stage.queues.retention + stage.receipt_timeout
    kept = stage.retention > answered
    yield "retention", kept, "must be longer than queues.retention and receipt_timeout together"
    # Parked records may hold anybody's data: docs/data-map.md promises that they go.
    in_bounds = timedelta(days=1) <= stage.parked_retention <= timedelta(days=14)
    yield "parked_retention", in_bounds, "must lie between 1 and 14 days"


def _log_retention(field: str, retention: timedelta) -> Rule:
    known = retention / timedelta(days=1) in LOG_RETENTIONS
    return field, known, f"must be one of {sorted(LOG_RETENTIONS)} days"


def _doubt(stage: StageSettings) -> Iterator[Rule]:
    """Hold the receipt timeout against whatever still waits for a receipt: it must not be closed before."""
    found = stage.receipt_timeout > ORPHAN_LEASES * stage.claim_lease
    yield "receipt_timeout", found, f"must be longer than {ORPHAN_LEASES} times claim_lease"
    unknown = stage.fallback_unknown_after < stage.receipt_timeout
    yield "fallback_unknown_after", unknown, "must be shorter than receipt_timeout"
    resend = stage.resend_email_after
    # An event of SES waits up to a window in front of the receipt tracker.
    waits = not resend or resend > stage.receipt_tracker.window
    yield "resend_email_after", waits, "must be 0 s or above receipt_tracker.window"
    # Its last look comes one wait and one round after the counts have settled.
    resent_by = resend + SETTLING + stage.republish_after + stage.sweep_every
    together = "resend_email_after, republish_after, sweep_every and 1 min together"
    in_time = not resend or stage.receipt_timeout > resent_by
    yield "receipt_timeout", in_time, f"must be longer than {together}"
    # A receipt that its queue has thrown away would look like one that never came.
    seen = resend < stage.queues.retention
    yield "resend_email_after", seen, "must be shorter than queues.retention"


def _sweeper(stage: StageSettings) -> Iterator[Rule]:
    whole = not stage.sweep_every % timedelta(minutes=1) and stage.sweep_every
    yield "sweep_every", bool(whole), "must be 1 min or more, in whole minutes"
    between = ONE_ROUND < stage.sweeper.timeout < stage.sweep_every
    yield "sweeper.timeout", between, f"must lie between {ONE_ROUND.seconds} s and sweep_every"
    # What a sender is working on is not published again beside it.
    busy = max(stage.sms_sender.timeout, stage.email_sender.timeout)
    done = stage.republish_after > busy
    yield "republish_after", done, "must be longer than the timeout of either sender"


def _streams(stage: StageSettings) -> Iterator[Rule]:
    with_shards = (stage.orders.mode == "provisioned") == (stage.orders.shards is not None)
    yield "orders.shards", with_shards, 'belongs to mode "provisioned", and only to it'
    for name, reader, kept in (
        ("order_relay", stage.order_relay, stage.orders.retention),
        ("analytics", stage.analytics, timedelta(hours=24)),  # what a table's stream keeps
    ):
        between = reader.behind < reader.max_age < kept
        yield f"{name}.max_age", between, f"must lie between {name}.behind and {kept}"


def _verifier(stage: StageSettings) -> Iterator[Rule]:
    later = stage.second_look > stage.analytics.window
    yield "second_look", later, "must be longer than analytics.window"


def _senders(stage: StageSettings) -> Iterator[Rule]:
    for name, sender in (("sms_sender", stage.sms_sender), ("email_sender", stage.email_sender)):
        between = sender.timeout < stage.claim_lease < VISIBILITY_FACTOR * sender.timeout
        limits = f"{name}.timeout and {VISIBILITY_FACTOR} times that"
        yield "claim_lease", between, f"must lie between {limits}"
        enough = sender.timeout > ONE_WAVE
        yield f"{name}.timeout", enough, f"must be above {ONE_WAVE.seconds} s, what sending takes"
        least = -(-100 // sender.rate)
        one = f"must be {least} or more: that is one message a second of {name}.rate"
        yield f"{name}.share", sender.limit > 0, one


def _queues(stage: StageSettings) -> Iterator[Rule]:
    for name, reader in (
        ("sms_sender", stage.sms_sender),
        ("email_sender", stage.email_sender),
        ("receipt_tracker", stage.receipt_tracker),
    ):
        windowed = reader.batch_size <= _UNWINDOWED_BATCH or reader.window >= timedelta(seconds=1)
        yield f"{name}.window", windowed, "must be a second or more for a batch above ten"
        later = reader.max_receives > ATTEMPTS
        attempts = f"must be above {ATTEMPTS}: so often a message is tried before it is parked"
        yield f"{name}.max_receives", later, attempts
    longer = stage.queues.dead_letter_retention > stage.queues.retention
    yield "queues.dead_letter_retention", longer, "must be longer than queues.retention"


_UNWINDOWED_BATCH = 10  # SQS's own limit
