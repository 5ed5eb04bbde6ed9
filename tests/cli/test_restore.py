"""`ordercast restore`: each step says what it did, and refuses what would send twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from ordercast.cli import audit, restore
from ordercast.events.stream_record import StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.operations.target import Target
from ordercast.settings.stage_files import stage_settings
from tests.examples import payload
from tests.fakes.audit_trail import FakeAuditTrail
from tests.fakes.ledger import FakeLedger
from tests.fakes.receipt_logs import FakeReceiptLogs
from tests.fakes.stage_names import NAMES

HOUR = timedelta(hours=1)


@dataclass
class Orders:
    """A stream with one order of half an hour ago."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC) - HOUR / 2)

    def between(self, since: datetime, until: datetime) -> Iterator[list[StreamRecord]]:
        if since <= self.at < until:
            yield [
                StreamRecord(
                    sequence_number="101",
                    partition_key="o",
                    arrived_at=self.at,
                    payload=payload(occurred_at=None),
                )
            ]


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch, trail: FakeAuditTrail) -> FakeLedger:
    """The ledger of the stage that every command is about; nothing in it."""
    ledger, receipt_logs = FakeLedger(), FakeReceiptLogs()
    monkeypatch.setattr(Target, "ledger", lambda _: ledger)
    monkeypatch.setattr(Target, "people", lambda _: ledger.people)
    monkeypatch.setattr(Target, "receipt_logs", lambda _: receipt_logs)
    monkeypatch.setattr(Target, "audit_trail", lambda _: trail)
    monkeypatch.setattr(Target, "orders", lambda _: Orders())
    where = Target(settings=stage_settings("local"), names=NAMES)
    for command in (restore, audit):
        monkeypatch.setattr(command, "target", lambda _stage, _cloud: where)
    monkeypatch.setattr(restore, "caller_on", lambda _: "ada")
    monkeypatch.setattr("ordercast.gateways.clients.s3", lambda: None)
    return ledger


BEGIN = ("restore", "begin", "restored", "--lost-at", "10m", "--restored-to", "45m")
MEANT = ("--reason", "told by phone", "--yes")


def test_a_restored_ledger_is_fenced_off_replayed_and_what_waits_is_ended(
    run, ledger: FakeLedger
) -> None:
    assert (0, "the relay waits") == _said(run(*BEGIN), "the relay waits")
    assert (0, "1 accepted") == _said(
        run("restore", "replay", "--restored-to", "45m"), "1 accepted"
    )
    assert {State.DEFERRED} == {row.state for row in ledger.rows.values()}

    assert (0, "2 notifications") == _said(run("restore", "end", *MEANT), "2 notifications")
    assert {State.UNCONFIRMED} == {row.state for row in ledger.rows.values()}


def test_nothing_is_released_before_the_replay(run, ledger: FakeLedger) -> None:
    run(*BEGIN)

    assert run("restore", "release", *MEANT)[0] == 1
    assert run("resume", "--why", "restored", "--all")[0] == 1
    assert all(each.is_active for each in ledger.holds)


@pytest.mark.parametrize("step", ["release", "end"])
def test_nothing_is_decided_without_a_yes_and_a_reason(run, ledger: FakeLedger, step: str) -> None:
    run(*BEGIN)
    run("restore", "replay", "--restored-to", "45m")
    before = dict(ledger.rows), ledger.record

    assert (0, "Nothing was changed") == _said(run("restore", step), "Nothing was changed")
    assert (1, "--reason: say why") == _said(run("restore", step, "--yes"), "--reason: say why")
    assert before == (ledger.rows, ledger.record)


@pytest.mark.parametrize("step", ["release", "end"])
def test_who_began_and_decided_is_on_record_with_the_reason(
    run, ledger: FakeLedger, step: str
) -> None:
    run(*BEGIN, "--reason", "table deleted")
    run("restore", "replay", "--restored-to", "45m")
    run("restore", step, *MEANT)
    ledger.end_holds(ledger.holds)  # as the sweeper does once nothing waits

    text = " ".join(run("audit", "--verb", "restore")[1].split())
    assert "restore by ada (table deleted): begin: lost at" in text
    assert f"restore by ada (told by phone): {step}: " in text


def test_what_comes_next_is_told_in_the_order_that_works(run, ledger: FakeLedger) -> None:
    _, out, _ = run(*BEGIN)
    assert out.index("STACK=Pipeline") < out.index("make deploy STAGE=…`") < out.index("replay`")


def test_what_was_not_restored_is_not_replayed(run, ledger: FakeLedger) -> None:
    assert run("restore", "replay", "--restored-to", "45m")[0] == 1
    assert {} == ledger.rows


def test_a_ledger_cannot_be_restored_to_after_its_loss(run, ledger: FakeLedger) -> None:
    assert run("restore", "begin", "t", "--lost-at", "45m", "--restored-to", "10m")[0] == 1
    assert ledger.holds == ()


def test_times_are_checked_before_the_stage_is_looked_for(run, monkeypatch) -> None:
    def none(_stage: str, _cloud: str | None) -> Target:
        raise AssertionError("the stage was asked for")

    monkeypatch.setattr(restore, "target", none)
    for lost, to in (("45m", "10m"), ("tomorrow", "45m"), ("10m", "soon")):
        status, _, err = run("restore", "begin", "t", "--lost-at", lost, "--restored-to", to)
        assert 1 == status
        assert "--" in err


def _said(ran: tuple[int, str, str], words: str) -> tuple[int, str]:
    status, out, err = ran
    text = " ".join((out + err).split())
    return status, words if words in text else text
