"""`ordercast status` lists the notifications of an order or a customer."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from local_cloud.in_flight import InFlight
from ordercast.cli import app as cli
from ordercast.cli.local import in_flight
from ordercast.cli.status import status_listing
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import Hold, Scope, Why, held
from tests.examples import notification, paused
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger


def test_a_sent_text_says_when_in_how_many_parts_and_at_what_price() -> None:
    row = replace(
        notification(channel=Channel.SMS),
        state=State.SENT,
        sent_at=START + timedelta(seconds=2),
        parts=2,
        attempts=1,
        estimate=Decimal("0.011620"),
        due_at=None,
    )

    first, second, third = str(status_listing([row])).splitlines()

    assert f"order {row.order.order_id}: confirmed, sms to +12065550100: sent" == first
    assert f"sent {START + timedelta(seconds=2):%H:%M:%S}" in second
    assert "2 parts, 1 attempt, 0.01162 USD estimated" in third


def test_what_waits_for_the_morning_says_why_and_until_when() -> None:
    until = START + timedelta(hours=8)
    row = replace(notification(), state=State.DEFERRED, rule="quiet-hours", due_at=until)

    listing = str(status_listing([row]))

    assert ": deferred (quiet-hours)" in listing
    assert f"due {until:%H:%M:%S}" in listing


def test_a_day_is_named_once_so_that_the_lines_fit_a_terminal() -> None:
    closed = START + timedelta(days=1)
    row = replace(
        notification(), state=State.DELIVERED, effective_at=START, sent_at=START, closed_at=closed
    )
    row = replace(row, due_at=None)
    _, moments, *_ = str(status_listing([row])).splitlines()

    assert "  effective 2026-03-02 09:30:00, sent 09:30:00, closed 2026-03-03 09:30:00" == moments


def test_a_message_in_doubt_is_not_called_sent() -> None:
    row = replace(notification(), state=State.IN_DOUBT, in_doubt_since=START, attempts=1)

    _, moments, figures = str(status_listing([row])).splitlines()

    assert "in doubt since 09:30:00" in moments
    assert "sent" not in moments
    assert "1 attempt" in figures


def test_what_is_not_sent_names_the_rule() -> None:
    row = replace(notification(), state=State.SUPPRESSED, rule="opted-out", recipient=None)

    assert "confirmed, email: suppressed (opted-out)" in str(status_listing([row]))


def test_what_waits_behind_a_hold_names_it() -> None:
    hold = paused(channel=Channel.EMAIL)
    row = held(notification(), hold, until=START + timedelta(hours=8))

    listing = str(status_listing([row]))

    assert ": deferred (paused)" in listing
    assert "behind paused:channel=email" in listing


ACCOUNT = Hold(
    why=Why.ACCOUNT,
    scope=Scope(channel=Channel.EMAIL),
    by="email-sender",
    since=START,
    reason="SendingPausedException",
)


@pytest.fixture
def ledger() -> FakeLedger:
    """A ledger in which customer c-1 has three notifications."""
    ledger = FakeLedger()
    for hours in (2, 3, 1):
        row = notification(hours, customer_id="c-1", effective_at=START + timedelta(hours=hours))
        ledger.rows[row.id] = row
    return ledger


@pytest.fixture
def run_status(
    ledger: FakeLedger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Ask for a status on the command line, of the stage of that ledger."""
    on_the_way = [InFlight()]

    class Stage:
        def ledger(self) -> FakeLedger:
            return ledger

    monkeypatch.setattr(cli, "target", lambda _name, _cloud: Stage())
    monkeypatch.setattr(in_flight, "waiting_on", lambda _cloud, _target: on_the_way.pop())

    def run_status(*words: str, waiting: int = 0) -> tuple[str, str]:
        on_the_way[:] = [InFlight(records=waiting)]
        monkeypatch.setattr("sys.argv", ["ordercast", "status", *words])
        with pytest.raises(SystemExit):
            cli.main()
        return capsys.readouterr()

    return run_status


def test_a_customer_s_notifications_come_newest_first_with_their_orders(run_status) -> None:
    out, _ = run_status("--customer", "c-1", "--shop", "Example Tea", "--last", "2")
    headings = [line for line in out.splitlines() if line.startswith("order")]

    assert [
        "order o-3: confirmed, email to ada@example.com: requested",
        "order o-2: confirmed, email to ada@example.com: requested",
    ] == headings


def test_trouble_with_the_account_is_told_with_every_status(run_status, ledger) -> None:
    ledger.hold([ACCOUNT, paused(campaign="spring")])
    row = next(iter(ledger.rows.values()))
    ledger.rows[row.id] = held(row, ACCOUNT, until=START)
    out, _ = run_status("--customer", "c-1", "--shop", "Example Tea")

    assert "account:channel=email  e-mails" in out
    assert "(SendingPausedException); 1 message waiting" in out
    assert "spring" not in out


def test_what_is_still_on_its_way_is_not_taken_for_unknown(run_status) -> None:
    _, err = run_status("--customer", "c-9", waiting=1)

    assert "no notification for customer c-9" in err
    assert "still in flight: 1 record on the stream" in err
    assert "--shop" not in err


def test_what_is_there_is_shown_with_what_is_still_to_come(run_status) -> None:
    out, _ = run_status("--customer", "c-1", "--shop", "Example Tea", waiting=2)

    assert 3 == out.count("requested")
    assert "Still in flight: 2 records on the stream" in out


@pytest.mark.parametrize(
    ("words", "usage_error"),
    [
        ((), "name an order, or --customer"),
        (("o-1", "--customer", "c-1"), "name an order, or --customer"),
        (("--customer", "c-1"), "no notification for customer c-1"),
    ],
)
def test_a_question_that_has_no_answer_is_refused(run_status, words, usage_error) -> None:
    out, err = run_status(*words)

    assert "" == out
    assert usage_error in err


def test_a_channel_that_was_never_opened_is_named_in_words(ledger, run_status) -> None:
    ledger.opened = ()
    out, _ = run_status("--customer", "c-1", "--shop", "Example Tea")

    assert "Held back:" in out
    assert "unopened:channel=email  e-mails\n  not opened yet, `ordercast doctor` says" in out
