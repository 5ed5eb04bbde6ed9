"""A console is started beside a local cloud, and its address is what it prints; without one, nothing is."""

import subprocess
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ordercast.cli.local import beside, commands

ADDRESS = "http://127.0.0.1:8899/enter?token=abc"
PRINTS = f"print('The console of stage local'); print('Open: {ADDRESS}')"
CLOUD: Any = SimpleNamespace(name="local")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """The commands that were started; of each only the program runs."""
    started: list[list[str]] = []
    running: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def instead(command: list[str], **given: Any) -> subprocess.Popen[str]:
        started.append(command)
        running.append(popen([command[0], "-c", command[2]], **given))
        return running[-1]

    monkeypatch.setattr(subprocess, "Popen", instead)
    yield started
    for each in running:
        each.wait(30)


def test_the_address_is_the_one_that_it_prints(
    monkeypatch: pytest.MonkeyPatch, started: list[list[str]]
) -> None:
    monkeypatch.setattr(beside, "_COMMAND", PRINTS)
    assert ADDRESS == beside.console_beside(CLOUD)
    assert ["console", "--cloud", "local"] == started[0][3:]


def test_one_that_ends_at_once_has_no_address(
    monkeypatch: pytest.MonkeyPatch, started: list[list[str]]
) -> None:
    monkeypatch.setattr(beside, "_COMMAND", "print('it cannot be')")
    assert beside.console_beside(CLOUD) is None


def test_without_the_extra_none_is_started(
    monkeypatch: pytest.MonkeyPatch, started: list[list[str]]
) -> None:
    monkeypatch.setattr(beside, "find_spec", lambda _: None)
    assert beside.console_beside(CLOUD) is None
    assert [] == started


@pytest.mark.parametrize("address", [ADDRESS, None])
def test_a_demo_that_is_kept_names_its_console(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str | None
) -> None:
    monkeypatch.setattr(commands, "console_beside", lambda _: address)
    commands._advise_after_demo(CLOUD)  # noqa: SLF001
    assert (address or "console --cloud local") in capsys.readouterr().out
