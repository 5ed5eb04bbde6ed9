"""What a person at the terminal is told, and the status that a script sees."""

from pathlib import Path

import pytest

from local.cloud import LocalCloud
from ordercast import cli


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command line as the shell would: its status, its output and its complaints."""
    monkeypatch.setattr(LocalCloud, "running", classmethod(lambda _: []))
    monkeypatch.setattr(LocalCloud, "sweep", classmethod(lambda _: []))

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["ordercast", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def test_help_lists_every_command(run) -> None:
    status, out, _ = run("--help")

    assert 0 == status
    commands = ("up", "down", "put", "inbox", "status", "env", "demo")
    for command in (*commands, "customers", "stop", "resume"):
        assert f"│ {command} " in out


@pytest.mark.parametrize(
    "words",
    [
        ["inbox"],
        ["status", "o-1"],
        ["env"],
        ["down"],
        ["put", "examples/order.json"],
        ["customers", "show", "c-1"],
        ["customers", "set", "c-1", "--opt-out", "sms"],
        ["stop"],
        ["resume", "--all"],
    ],
)
def test_without_a_local_cloud_a_command_says_how_to_start_one(run, words) -> None:
    status, _, err = run(*words)

    assert 1 == status
    assert "no local cloud is running" in err
    assert "ordercast up" in err


def test_a_file_that_is_not_there_is_named_in_one_line(run) -> None:
    status, _, err = run("put", "nowhere.json")

    assert 1 == status
    assert "nowhere.json" in err
    assert "Traceback" not in err


def test_every_unusable_event_is_named_before_anything_is_put(run, tmp_path: Path) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_text('{"order_id": "o-1"}\n{"order_id": 2, "customer_id": "c"}\n')

    _, _, err = run("put", str(file))

    assert "line 1: customer_id: required unless contact is given" in err
    assert "line 2: order_id: expected `str`, got `int`" in err
