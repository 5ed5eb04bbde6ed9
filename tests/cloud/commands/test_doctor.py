"""`ordercast doctor` on a local cloud: what is simulated bad is named, and the test messages arrive."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.inbox import read_inbox
from local_cloud.provider_simulator.simulated_account import ACCOUNT_FILE
from ordercast.cli import app as cli

Shell = tuple[int, str]


@pytest.fixture
def account(cloud: LocalCloud) -> Iterator[Path]:
    """Where the simulated account is described."""
    file = cloud.folder / ACCOUNT_FILE
    yield file
    file.unlink(missing_ok=True)


@pytest.fixture
def doctor(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command on the session's cloud."""

    def run(*options: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["ordercast", "doctor", "--cloud", cloud.name, *options])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), capsys.readouterr().out

    return run


def test_a_fresh_local_cloud_is_ready_and_open(account, doctor) -> None:
    status, out = doctor("--json")

    said = json.loads(out)
    assert (0, {"ok"}) == (status, {each["verdict"] for each in said["findings"]})
    assert all(said["opened"].values())


def test_what_is_simulated_bad_is_named_and_nothing_else(account, doctor) -> None:
    account.write_text('{"key_state": "Disabled", "sms_sandbox": true, "dkim": "FAILED"}')
    status, out = doctor("--json")

    unwell = {e["fact"] for e in json.loads(out)["findings"] if e["verdict"] != "ok"}
    assert (1, {"key", "SMS sandbox", "e-mail DKIM"}) == (status, unwell)


def test_an_account_file_that_names_no_fact_is_told(account, doctor) -> None:
    account.write_text('{"sandbox": true}')

    assert "not read: BadAccountFile" in doctor()[1]


def test_a_text_and_an_e_mail_are_followed_to_their_receipts(account, cloud, doctor) -> None:
    before = len(read_inbox(cloud.inbox))
    status, out = doctor("--send-test")

    assert 0 == status
    assert "texts: delivered, the handset" in out
    assert "e-mails: delivered, the handset" in out
    assert 2 == len(read_inbox(cloud.inbox)) - before


def test_a_test_that_does_not_arrive_is_told_with_what_to_do(account, doctor) -> None:
    status, out = doctor("--send-test", "--email", "ada@example.net", "--phone", "+12065550199")

    assert 1 == status
    assert "e-mails: suppressed (not-allowed)" in out
    assert "e-mails: add the recipient to allowed_recipients of the stage" in out
    assert "texts: failed_for_now" in out
