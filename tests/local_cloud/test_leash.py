"""What is on a leash never outlives whoever holds it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.leash import Leash, run
from local_cloud.processes import ProcessIdentity
from tests.eventually import eventually

ROOT = Path(__file__).resolve().parents[2]

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

HOLDER = """
import os, sys
from pathlib import Path
from local_cloud.leash import Leash
with Leash(sys.argv[1:], env=os.environ, cwd=Path.cwd(), output=sys.stdout) as leash:
    leash.wait()
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


def start(command: list[str], folder: Path) -> Leash:
    with (folder / "log").open("w") as log:
        return Leash(command, env=os.environ, cwd=folder, output=log)


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_of_the_command_comes_through(code: int, tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as log:
        command = [sys.executable, "-c", f"print('said'); raise SystemExit({code})"]
        assert code == run(command, env=os.environ, cwd=tmp_path, output=log)
    assert (tmp_path / "log").read_text() == "said\n"


def test_a_command_that_a_signal_ended_has_the_code_that_shells_give_it(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as log:
        suicide = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
        assert 128 + 9 == run(suicide, env=os.environ, cwd=tmp_path, output=log)


def test_a_command_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as log:
        assert 127 == run(["no-such-tool"], env=os.environ, cwd=tmp_path, output=log)
    assert "no-such-tool: No such file or directory\n" == (tmp_path / "log").read_text()


def test_leaving_the_block_ends_the_command_and_its_children(
    family: list[str], tmp_path: Path
) -> None:
    with start(family, tmp_path) as leash:
        processes = members(tmp_path)
        assert leash.wait(within=0.01) is None
    assert gone(processes)


def test_a_command_that_ignores_sigterm_ends_all_the_same(
    family: list[str], tmp_path: Path
) -> None:
    with start([*family, "stubborn"], tmp_path):
        processes = members(tmp_path)
    assert gone(processes)


def test_nothing_is_left_when_the_holder_is_killed(family: list[str], tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, *family], cwd=ROOT)
    processes = members(tmp_path)
    holder.kill()
    holder.wait()

    assert eventually(lambda: gone(processes))


def test_nothing_is_left_when_the_leash_itself_is_killed(family: list[str], tmp_path: Path) -> None:
    with start(family, tmp_path) as leash:
        processes = members(tmp_path)
        os.kill(os.getpgid(processes[0].pid), signal.SIGKILL)
        assert 128 + 9 == leash.wait()

    def the_family_is_gone() -> bool:
        return gone(processes)

    eventually(the_family_is_gone)


def test_a_leash_that_is_asked_to_stop_takes_the_family_along(
    family: list[str], tmp_path: Path
) -> None:
    with start(family, tmp_path) as leash:
        processes = members(tmp_path)
        os.kill(os.getpgid(processes[0].pid), signal.SIGTERM)
        leash.wait()
    assert gone(processes)
