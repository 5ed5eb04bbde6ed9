"""What the tests of commands share."""

import pytest

from ordercast.cli import app as cli
from ordercast.operations import acts
from tests.fakes.audit_trail import FakeAuditTrail


@pytest.fixture(autouse=True)
def trail(monkeypatch: pytest.MonkeyPatch) -> FakeAuditTrail:
    """The audit trail of the stage that a command is about."""
    trail = FakeAuditTrail()
    monkeypatch.setattr(acts, "audit_trail_of", lambda _: trail)
    monkeypatch.setattr(acts, "caller_on", lambda _: "ada")
    return trail


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command line as the shell would: its status, its output and its complaints."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["ordercast", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


@pytest.fixture
def run_parked(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Run `ordercast parked` as the shell would: its status, its output and its complaints."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["ordercast", "parked", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return run
