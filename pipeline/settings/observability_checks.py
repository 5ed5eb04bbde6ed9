"""Refuse settings of heartbeats, alarms and the stop for reputation that contradict others. Used by `checks`."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fnmatch import fnmatchcase

from ordercast.settings.processors import recipient_patterns
from ordercast.settings.stage import StageSettings
from pipeline.settings.function_checks import Rule


def heartbeat(stage: StageSettings) -> Iterator[Rule]:
    """Refuse a heartbeat that would be suppressed, or that no alarm can miss."""
    every = stage.heartbeat_every
    seldom = not every or every >= timedelta(minutes=1)
    yield "heartbeat_every", seldom, "must be 0 s, or 1 min or more"
    passes = not every or stage.cap * every >= timedelta(hours=1)
    yield "heartbeat_every", passes, "asks for more messages an hour than the cap lets pass"
    number, every = stage.sms_heartbeat_number, stage.sms_heartbeat_every
    # An alarm looks back for a day, three times the interval.
    between = not every % timedelta(minutes=1) and timedelta(minutes=5) <= every <= _A_DAY / 3
    yield "sms_heartbeat_every", between, "must be 5 min to 8 h, in whole minutes"
    passes = not number or stage.cap * every >= timedelta(hours=1)
    yield "sms_heartbeat_every", passes, "asks for more messages an hour than the cap lets pass"
    allowed = any(
        fnmatchcase(number, each) for each in recipient_patterns(stage.allowed_recipients)
    )
    yield "sms_heartbeat_number", not number or allowed, "must be among allowed_recipients"


def alarms(stage: StageSettings) -> Iterator[Rule]:
    """Refuse a stage for customers whose alarms nobody hears."""
    told = stage.alarms.email or stage.alarms.url
    everybody = _EVERYBODY in recipient_patterns(stage.allowed_recipients)
    needs = "must say who is told of alarms, or alarms.url must: this stage may write to everybody"
    yield "alarms.email", bool(told) or not everybody, needs


def reputation(stage: StageSettings) -> Iterator[Rule]:
    """Let the alarms ring before e-mail is held, and hold it before SES reviews the account."""
    for field, rings, holds, review in (
        ("hold_bounce_percent", stage.alarms.bounce_percent, stage.hold_bounce_percent, "5"),
        (
            "hold_complaint_percent",
            stage.alarms.complaint_percent,
            stage.hold_complaint_percent,
            "0.1",
        ),
    ):
        between = f"must be 0, or lie between the alarm's {rings} and SES's {review}"
        yield field, holds == 0 or rings < holds < Decimal(review), between


_A_DAY = timedelta(days=1)
_EVERYBODY = "*"
