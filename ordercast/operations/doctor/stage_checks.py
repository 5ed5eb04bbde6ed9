"""Judge what the stage itself needs of the account: functions, key, alarms, clock. Used by the table in `checks`."""

from collections.abc import Iterator
from datetime import timedelta

from ordercast.events.order_event import Channel
from ordercast.operations.doctor.findings import Judged, bad, look, ok
from ordercast.operations.doctor.mail_checks import writes_to_everybody
from ordercast.operations.doctor.readings import (
    AlarmTargets,
    Bootstrap,
    ClockSkew,
    ConcurrencyReading,
    StageKey,
)
from ordercast.operations.units import count, length
from ordercast.settings.mapping import mapping_of
from ordercast.settings.stage import FunctionSettings, SenderFunctionSettings, StageSettings

SHARDS_AT_FIRST = 4
"""Of a stream on demand (Kinesis guide: on-demand capacity)."""

KEPT_UNRESERVED = 100
"""Invocations that Lambda lets nobody reserve (Lambda guide: reserved concurrency)."""

SKEWED, REFUSED = timedelta(seconds=30), timedelta(minutes=5)
"""A clock that is off by more stamps wrong times, and gets no answer (IAM guide: signatures)."""

NEEDED, CURRENT = 6, 33
"""The oldest version that a deployment takes, and the one of the CDK that this release is deployed with."""


def needed(stage: StageSettings) -> int:
    """Return how many invocations the stage has at a time when all of it is busy."""
    shards = stage.orders.shards or SHARDS_AT_FIRST
    busy: tuple[tuple[FunctionSettings, int], ...] = (
        (stage.order_relay, shards * stage.order_relay.parallelization),
        (stage.analytics, stage.analytics.parallelization * (1 + stage.status_events.enabled)),
        *((_sender_of(stage, channel), _of_queues(stage, channel)) for channel in Channel),
        (stage.receipt_tracker, stage.receipt_tracker.concurrency),
        (stage.sweeper, stage.sweeper.groups),
        (stage.verifier, 1),
    )
    return sum(min(most, function.reserved or most) for function, most in busy)


def _of_queues(stage: StageSettings, channel: Channel) -> int:
    """Return what the mappings of a sender's two queues let run at a time."""
    rate, timeout = stage.rate_of(channel), _sender_of(stage, channel).timeout
    mappings = (mapping_of(rate, high=high, timeout=timeout) for high in (True, False))
    return sum(each.concurrency for each in mappings)


def _sender_of(stage: StageSettings, channel: Channel) -> SenderFunctionSettings:
    sender: SenderFunctionSettings = getattr(stage, f"{channel}_sender")
    return sender


def reserved(stage: StageSettings) -> int:
    """Return how many invocations the stage keeps for its functions."""
    functions = (
        *(stage.order_relay, stage.analytics, stage.sms_sender, stage.email_sender),
        *(stage.receipt_tracker, stage.sweeper, stage.verifier),
    )
    return sum(each.reserved or 0 for each in functions)


def concurrency(account: ConcurrencyReading, stage: StageSettings) -> Iterator[Judged]:
    """Compare what the account's functions may do at a time with what the stage needs."""
    wants, keeps = needed(stage), reserved(stage)
    found = f"{account.limit:,} at a time in the account, the stage needs {wants}"
    advice = "Service Quotas, Lambda, Concurrent executions: ask for 1,000"
    if keeps and keeps + KEPT_UNRESERVED > account.limit:
        yield bad(f"{found} and reserves {keeps}", advice)
    elif account.unreserved + keeps < wants:
        others = f"{found}, and other functions have reserved all but {account.unreserved}"
        yield look(found if account.unreserved == account.limit else others, advice)
    else:
        yield ok(found)


def key_usable(key: StageKey, _: StageSettings) -> Iterator[Judged]:
    """Judge whether the stage can read and write its data."""
    if key.state == "Enabled":
        yield ok("enabled")
    else:
        yield bad(
            key.state, "aws kms enable-key or cancel-key-deletion: without it nothing is read"
        )


def key_rotation(key: StageKey, _: StageSettings) -> Iterator[Judged]:
    """Judge whether the key gets new material each year."""
    if key.rotates:
        yield ok("yearly")
    else:
        yield look("off", "aws kms enable-key-rotation")


def alarm_target(targets: AlarmTargets, stage: StageSettings) -> Iterator[Judged]:
    """Judge whether anybody gets the alarms."""
    confirmed = count(targets.confirmed, "subscription")
    if targets.pending:
        found = f"{confirmed} confirmed, {targets.pending} not"
        advice = "follow the link in AWS's e-mail; it ends after three days, then subscribe again"
        yield look(found, advice) if targets.confirmed else bad(found, advice)
    elif targets.confirmed:
        yield ok(f"{confirmed} confirmed")
    else:
        advice = "set alarms.email or alarms.url of the stage"
        nobody = "nobody gets the alarms"
        yield bad(nobody, advice) if writes_to_everybody(stage) else look(nobody, advice)


def clock(skew: ClockSkew, _: StageSettings) -> Iterator[Judged]:
    """Judge this machine's clock, by which commands stamp holds and periods."""
    off = abs(skew.ahead)
    found = f"{length(off)} {'ahead of' if skew.ahead > timedelta() else 'behind'} AWS"
    advice = "set this machine's clock: chronyc makestep, or timedatectl set-ntp true"
    if off >= REFUSED:
        yield bad(found, advice)
    elif off >= SKEWED:
        yield look(found, advice)
    else:
        yield ok(f"within {SKEWED.seconds} s of AWS")


def bootstrap(made: Bootstrap, _: StageSettings) -> Iterator[Judged]:
    """Judge what `cdk bootstrap` made, by its version."""
    found, advice = f"version {made.version}", "make bootstrap-account, with this release"
    if made.version < NEEDED:
        yield bad(found, advice)
    else:
        yield (
            look(f"{found}, {CURRENT} is current", advice) if made.version < CURRENT else ok(found)
        )
