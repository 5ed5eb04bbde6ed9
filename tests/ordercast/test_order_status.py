"""What an operator reads of an order's notifications."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from notifications.lifecycle import State
from notifications.order_event import Channel
from ordercast.order_status import status_listing
from tests.examples import notification
from tests.fakes.clock import START


def test_a_sent_text_says_when_in_how_many_parts_and_at_what_price() -> None:
    row = replace(
        notification(channel=Channel.SMS),
        state=State.SENT,
        sent_at=START + timedelta(seconds=2),
        parts=2,
        attempts=1,
        reserved=Decimal("0.011620"),
        due_at=None,
    )

    first, second = str(status_listing([row])).splitlines()

    assert "confirmed, sms to +12065550100: sent" == first
    assert "2 parts, 1 attempt, 0.01162 USD estimated" in second
    assert f"sent {START + timedelta(seconds=2):%Y-%m-%d %H:%M:%S}" in second


def test_what_waits_for_the_morning_says_why_and_until_when() -> None:
    until = START + timedelta(hours=8)
    row = replace(notification(), state=State.DEFERRED, rule="quiet-hours", due_at=until)

    listing = str(status_listing([row]))

    assert ": deferred (quiet-hours)" in listing
    assert f"due {until:%Y-%m-%d %H:%M:%S}" in listing


def test_what_is_not_sent_names_the_rule() -> None:
    row = replace(notification(), state=State.SUPPRESSED, rule="opted-out", recipient=None)

    assert "confirmed, email: suppressed (opted-out)" in str(status_listing([row]))
