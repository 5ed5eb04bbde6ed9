"""A command of an attached run never outlives the process that started it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.supervisor.attached_run import AttachedRun
from local_cloud.supervisor.processes import ProcessIdentity
from tests.eventually import eventually

ROOT = Path(__file__).resolve().parents[3]

FAMILY = """
import os, pathlib, signal, subprocess, sys, time
folder = pathlib.Path(sys.argv[1])
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
(folder / "new").write_text(f"{os.getpid()} {child.pid}")
(folder / "new").rename(folder / "pids")
time.sleep(600)
"""
"""A command with a child of its own; it writes down both process numbers."""

STARTER = """
import os, sys
from pathlib import Path
from local_cloud.supervisor.attached_run import AttachedRun
with AttachedRun(sys.argv[1:], env=os.environ, cwd=Path.cwd(), output=sys.stdout) as run:
    run.wait()
"""


@pytest.fixture
def family(tmp_path: Path) -> list[str]:
    return [sys.executable, "-c", FAMILY, str(tmp_path)]


def members(folder: Path) -> list[ProcessIdentity]:
    def written() -> bool:
        return (folder / "pids").exists()

    eventually(written)
    found = [ProcessIdentity.of(int(pid)) for pid in (folder / "pids").read_text().split()]
    assert all(found)
    return [process for process in found if process]


def gone(processes: list[ProcessIdentity]) -> bool:
    return not any(process.alive() for process in processes)


def start(command: list[str], folder: Path) -> AttachedRun:
    with (folder / "log").open("w") as log:
        return AttachedRun(command, env=os.environ, cwd=folder, output=log)


def exit_code(command: list[str], folder: Path) -> int | None:
    with start(command, folder) as run:
        return run.wait()


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_of_the_command_comes_through(code: int, tmp_path: Path) -> None:
    command = [sys.executable, "-c", f"print('said'); raise SystemExit({code})"]
    assert code == exit_code(command, tmp_path)
    assert (tmp_path / "log").read_text() == "said\n"


def test_a_command_that_a_signal_ended_has_the_code_that_shells_give_it(tmp_path: Path) -> None:
    suicide = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
    assert 128 + 9 == exit_code(suicide, tmp_path)


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    assert 127 == exit_code(["no-such-tool"], tmp_path)
    assert "no-such-tool: No such file or directory\n" == (tmp_path / "log").read_text()


def test_leaving_the_block_ends_the_command_and_its_children(
    family: list[str], tmp_path: Path
) -> None:
    with start(family, tmp_path) as run:
        processes = members(tmp_path)
        assert run.wait(within=0.01) is None
    assert gone(processes)


def test_a_command_that_ignores_sigterm_ends_all_the_same(
    family: list[str], tmp_path: Path
) -> None:
    with start([*family, "stubborn"], tmp_path):
        processes = members(tmp_path)
    assert gone(processes)


def test_nothing_is_left_when_the_starter_is_killed(family: list[str], tmp_path: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER, *family], cwd=ROOT)
    processes = members(tmp_path)
    starter.kill()
    starter.wait()

    assert eventually(lambda: gone(processes))


def test_nothing_is_left_when_the_run_itself_is_killed(family: list[str], tmp_path: Path) -> None:
    with start(family, tmp_path) as run:
        processes = members(tmp_path)
        os.kill(os.getpgid(processes[0].pid), signal.SIGKILL)
        assert 128 + 9 == run.wait()

    def the_family_is_gone() -> bool:
        return gone(processes)

    eventually(the_family_is_gone)


def test_a_run_that_is_asked_to_stop_takes_the_family_along(
    family: list[str], tmp_path: Path
) -> None:
    with start(family, tmp_path) as run:
        processes = members(tmp_path)
        os.kill(os.getpgid(processes[0].pid), signal.SIGTERM)
        run.wait()
    assert gone(processes)
