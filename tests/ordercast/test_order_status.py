"""What an operator reads of an order's notifications."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from notifications.lifecycle import State
from notifications.order_event import Channel
from ordercast import cli
from ordercast.order_status import status_listing
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger


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


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Ask for a status on the command line, of a stage where customer c-1 has three notifications."""
    ledger = FakeLedger()
    for hours in (2, 3, 1):
        row = notification(hours, customer_id="c-1", accepted_at=START + timedelta(hours=hours))
        ledger.rows[row.id] = row

    class Stage:
        def ledger(self) -> FakeLedger:
            return ledger

    monkeypatch.setattr(cli, "target", lambda _name, _cloud: Stage())

    def told(*words: str) -> tuple[str, str]:
        monkeypatch.setattr("sys.argv", ["ordercast", "status", *words])
        with pytest.raises(SystemExit):
            cli.main()
        return capsys.readouterr()

    return told


def test_a_customer_s_notifications_come_newest_first_with_their_orders(told) -> None:
    out, _ = told("--customer", "c-1", "--shop", "Example Tea", "--last", "2")
    headings = [line for line in out.splitlines() if line.startswith("order")]

    assert [
        "order o-3: confirmed, email to ada@example.com: requested",
        "order o-2: confirmed, email to ada@example.com: requested",
    ] == headings


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "say one of them: an order, or --customer"),
        (("o-1", "--customer", "c-1"), "say one of them: an order, or --customer"),
        (("--customer", "c-1"), "no notification for customer c-1"),
    ],
)
def test_a_question_that_has_no_answer_is_told_so(told, words, complaint) -> None:
    out, err = told(*words)

    assert "" == out
    assert complaint in err
