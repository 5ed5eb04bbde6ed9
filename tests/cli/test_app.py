"""The command line's messages, and the exit status that a script sees."""

import os
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.errors import LocalCloudError
from ordercast.cli.local import commands
from ordercast.operations.command_name import command_name
from ordercast.operations.target import Target
from pipeline.settings.files import read_stage
from tests.fakes.stage_names import NAMES

ADDRESS = "http://127.0.0.1:14566"


@pytest.fixture(autouse=True)
def no_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """No local cloud runs."""
    monkeypatch.setattr(LocalCloud, "running", classmethod(lambda *_: []))
    monkeypatch.setattr(LocalCloud, "remove_ended", classmethod(lambda _: []))


def test_help_lists_every_command(run) -> None:
    status, out, _ = run("--help")

    assert 0 == status
    commands = ("up", "down", "put", "inbox", "status", "env", "demo")
    for command in (*commands, "customers", "pause", "resume", "stats", "cost", "report"):
        assert f"│ {command} " in out


def test_up_starts_a_cloud_with_the_receipt_delay_that_is_asked_for(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_: object, name: str, *, receipt_delay: float, **__: object) -> NoReturn:
        raise LocalCloudError(what=f"{name} would start with {receipt_delay}")

    monkeypatch.setattr(LocalCloud, "start", classmethod(start))  # type: ignore[arg-type]  # a stand-in for starting a cloud

    assert (1, "✗ local would start with 2.5\n") == run("up", "--receipt-delay", "2.5")[::2]


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
        ["pause"],
        ["resume", "--all"],
        ["stats"],
        ["cost", "--by", "country"],
        ["report"],
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


@pytest.mark.parametrize("content", ["", "\n\n", "[]"])
def test_a_file_without_an_event_is_no_success(run, tmp_path: Path, content: str) -> None:
    """It is what a script is left with when whatever should have written the file failed."""
    file = tmp_path / "orders.json"
    file.write_text(content)

    status, _, err = run("put", str(file))

    assert (1, f"✗ {file} holds no order event\n") == (status, err)


def test_what_a_script_reads_is_not_broken_at_a_terminals_width(
    run, monkeypatch, tmp_path: Path
) -> None:
    """Piped, there is no terminal, and half a path leads nowhere."""
    path = f"{tmp_path}/{'long ' * 30}.json"
    log = tmp_path / ("long " * 30) / "supervisor.log"
    failure = LocalCloudError(what="a part of it ended " * 8, log=log, hint="try again " * 12)
    monkeypatch.setattr(LocalCloud, "running", classmethod(lambda _: raised(failure)))

    assert 1 == run("put", path)[2].count("\n")
    lines = run("inbox")[2].splitlines()
    assert [f"✗ {failure.what}", f"  its log: {log}", f"  {failure.hint}"] == lines


def raised(error: Exception) -> NoReturn:
    raise error


def test_every_unusable_event_is_named_before_anything_is_put(run, tmp_path: Path) -> None:
    file = tmp_path / "orders.jsonl"
    file.write_text('{"order_id": "o-1"}\n{"order_id": [2], "customer_id": "c"}\n')

    _, _, err = run("put", str(file))

    assert "line 1: customer_id: found nothing, and no contact" in err
    assert "line 2: order_id: found a list; taken is text" in err


def test_the_names_of_what_is_deployed_are_in_the_environment(
    run, monkeypatch, tmp_path: Path
) -> None:
    cloud = LocalCloud(name="shop", folder=tmp_path, endpoint=ADDRESS, provider_endpoint=ADDRESS)
    monkeypatch.setattr(LocalCloud, "running", classmethod(lambda _: [cloud]))
    deployed = Target(settings=read_stage("local"), names=NAMES)
    monkeypatch.setattr(commands, "local_target", lambda _: deployed)

    _, script, _ = run("env")

    named = [line for line in script.splitlines() if "ORDERCAST_" in line]
    assert "export ORDERCAST_ORDERS_STREAM=orders" in named
    assert not [line for line in named if "WORK_QUEUES" in line]


@pytest.mark.parametrize(
    ("typed", "advised"),
    [
        (".venv/bin/ordercast", ".venv/bin/ordercast"),
        ("{here}/.venv/bin/ordercast", ".venv/bin/ordercast"),
        ("/opt/my tools/ordercast", "'/opt/my tools/ordercast'"),
        ("{path}/ordercast", "ordercast"),
    ],
)
def test_advice_names_the_command_as_it_was_called(
    monkeypatch, tmp_path: Path, typed: str, advised: str
) -> None:
    installed = tmp_path / "ordercast"
    installed.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.argv", [typed.format(here=Path.cwd(), path=tmp_path)])

    assert advised == command_name()


def test_a_cloud_that_was_killed_can_be_named_to_be_removed(run, monkeypatch) -> None:
    monkeypatch.setattr(LocalCloud, "remove_ended", classmethod(lambda _: ["shop"]))

    status, out, _ = run("down", "--cloud", "shop")

    assert (0, "The local cloud shop is gone.\n") == (status, out)


def test_a_shell_that_takes_the_environment_has_nothing_left_that_leads_to_aws(
    run, monkeypatch, tmp_path: Path
) -> None:
    """A profile, or an endpoint for one service, would win over the local cloud's."""
    theirs = {
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL": "https://example.com",
        "AWS_ENDPOINT_URL_KINESIS": "https://kinesis.example.com",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        "AWS_SESSION_TOKEN": "token",
        "PATH": os.environ["PATH"],
    }
    for name, value in theirs.items():
        monkeypatch.setenv(name, value)
    cloud = LocalCloud(name="shop", folder=tmp_path, endpoint=ADDRESS, provider_endpoint=ADDRESS)
    monkeypatch.setattr(LocalCloud, "running", classmethod(lambda _: [cloud]))
    deployed = Target(settings=read_stage("local"), names=NAMES)
    monkeypatch.setattr(commands, "local_target", lambda _: deployed)

    _, script, _ = run("env")

    command = ["bash", "-euc", f"{script}\nenv"]
    output = subprocess.run(command, env=theirs, capture_output=True, text=True, check=True).stdout
    left = dict(line.split("=", 1) for line in output.splitlines())
    assert f"{ADDRESS} {theirs['PATH']}" == f"{left['AWS_ENDPOINT_URL']} {left['PATH']}"
    expected = {name for name in cloud.environment({}) if name.startswith("AWS_")}
    assert expected == {name for name in left if name.startswith("AWS_")}
