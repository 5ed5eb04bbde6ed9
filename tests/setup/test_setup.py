"""Set-up does each step once, goes on after a kill, waits for another set-up and explains its failures."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local_cloud.supervisor.processes import ProcessIdentity
from setup import step
from tests.eventually import eventually

ROOT = Path(__file__).resolve().parents[2]

STEPS = f"""
made/.complete: input .tools/place
	@{sys.executable} {ROOT}/setup/step.py $@ "a thing" 'mkdir -p made && echo >>made/times && sh ./input'
"""

ENDED = "make: *** [steps.mk:3: made/.complete] Error 1"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of one step, which runs the script `input`."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "steps.mk").write_text(STEPS)
    (folder / "input").write_text("")
    return folder


def start(checkout: Path, *, python: str = sys.executable) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [python, ROOT / "setup/alone.py", "make", "--silent", "-f", "steps.mk"],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # As from a shell, also where make itself started the tests.
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
    )


def set_up(checkout: Path) -> str:
    return start(checkout).communicate()[0]


def times(checkout: Path) -> int:
    return len((checkout / "made/times").read_text().splitlines())


def test_what_is_set_up_is_not_set_up_again(checkout: Path) -> None:
    assert re.fullmatch(r"Setting up a thing … \d\.\d s\n", set_up(checkout))
    assert "" == set_up(checkout)
    assert 1 == times(checkout)


def test_what_its_inputs_outdate_is_brought_up_to_date(checkout: Path) -> None:
    set_up(checkout)
    later = time.time() + 5
    os.utime(checkout / "input", (later, later))
    set_up(checkout)
    assert 2 == times(checkout)


def test_a_step_that_failed_is_done_again_even_if_its_inputs_are_as_before(checkout: Path) -> None:
    set_up(checkout)
    (checkout / "input").write_text("exit 1")
    assert "Setting up a thing … failed\n" in set_up(checkout)
    (checkout / "input").write_text("")
    os.utime(checkout / "input", (0, 0))
    set_up(checkout)
    assert 3 == times(checkout)


def test_environments_are_made_anew_where_the_checkout_has_moved(checkout: Path) -> None:
    """The scripts of an environment name their interpreter by its whole path."""
    set_up(checkout)
    (checkout / ".venv").mkdir()
    set_up(checkout)
    assert (checkout / ".venv").exists()
    moved = checkout.rename(checkout.parent / "moved")
    set_up(moved)
    assert not (moved / ".venv").exists()


def test_a_killed_set_up_is_waited_for_by_the_next(checkout: Path) -> None:
    (checkout / "input").write_text("echo $$ >pid; exec sleep 600")
    first = start(checkout)

    def it_is_at_work() -> ProcessIdentity | None:
        pid = checkout / "pid"
        written = pid.read_text() if pid.exists() else ""
        return ProcessIdentity.of(int(written)) if written else None

    assert eventually(it_is_at_work) is not None
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert first.stdout is not None
    first.stdout.close()
    (checkout / "input").write_text("")
    second = start(checkout)
    assert second.stdout is not None
    assert "Another set-up runs in this checkout: waiting for it.\n" == second.stdout.readline()
    os.kill(int((checkout / "pid").read_text()), signal.SIGKILL)
    second.communicate()
    assert 0 == second.returncode


def test_two_at_once_are_one_after_the_other_and_the_second_says_why_it_waits(
    checkout: Path,
) -> None:
    (checkout / "input").write_text("sleep 0.5")
    both = [start(checkout), start(checkout)]
    said = "".join(process.communicate()[0] for process in both)
    assert [0, 0] == [process.returncode for process in both]
    assert 1 == said.count("Another set-up runs in this checkout: waiting for it.")
    assert 1 == times(checkout)


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("OSError: [Errno 28] No space left on device", step.DISK),
        ("invalid peer certificate: UnknownIssuer", step.CERTIFICATE),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN", step.CERTIFICATE),
        ("cause: dns error", step.NETWORK),
        ("npm error code EAI_AGAIN", step.NETWORK),
        ("something else", step.OTHERWISE),
    ],
)
def test_a_failure_names_the_step_the_log_and_what_to_try(
    said: str, hint: str, checkout: Path
) -> None:
    (checkout / "input").write_text(f"echo '{said}'; exit 1")
    assert [
        "Setting up a thing … failed",
        "Setting up failed: a thing",
        f"    {said}",
        f"  log: {checkout}/.tools/logs/made.log",
        f"  {hint}",
        ENDED,
    ] == set_up(checkout).splitlines()


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ("alone.NEEDED = 1e18", r"GB are free here, 1000000000\.0 GB are needed"),
        (
            "sys.modules['ensurepip'] = None",
            r"without its venv module: .* apt install python3\.\d+-venv",
        ),
    ],
)
def test_what_cannot_be_is_said_in_one_line_before_anything_is_done(
    patch: str, said: str, checkout: Path
) -> None:
    code = f"import sys; from setup import alone; {patch}; alone.main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "make", "-f", "steps.mk"],
        cwd=checkout,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert 1 == done.returncode
    [line] = done.stderr.splitlines()
    assert re.search(said, line)
    assert not (checkout / "made").exists()


def test_every_tool_is_locked_by_hash_and_no_interpreter_is_downloaded() -> None:
    steps = (ROOT / "setup/steps.mk").read_text().replace("\\\n", "")
    installs = [line for line in steps.splitlines() if re.search(r" (sync|ci|install) ", line)]
    assert 4 == len(installs)
    assert all(re.search("--frozen|--require-hashes| ci ", line) for line in installs)
    assert "UV_PYTHON_DOWNLOADS := never" in (ROOT / "Makefile").read_text()


def test_an_old_python_and_a_missing_one_are_answered_with_what_to_install(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info = (3, 9, 1); $2"'
    )
    old.chmod(0o755)
    for python, said in (
        (str(old), "is 3.9, but 3.11 or newer is needed: install one, and name it with PYTHON=…"),
        ("python0", "python0 is not installed: Python 3.11 or newer is needed."),
    ):
        done = subprocess.run(
            ["make", "bootstrap", f"PYTHON={python}"],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        assert 2 == done.returncode
        assert said in done.stdout + done.stderr


def test_the_system_is_trusted_unless_the_user_knows_better() -> None:
    for env, trusted in (({}, True), ({"SSL_CERT_FILE": "/corporate.pem"}, False)):
        bare = {"PATH": os.environ["PATH"]} | env
        shown = subprocess.run(
            ["make", "-f", "setup/steps.mk", "--print-data-base", "--question"],
            cwd=ROOT,
            env=bare,
            check=False,
            capture_output=True,
            text=True,
        ).stdout
        certificates = Path("/etc/ssl/certs/ca-certificates.crt").exists()
        assert ("\nPIP_CERT := /etc/" in shown) == (trusted and certificates)
    makefile = (ROOT / "Makefile").read_text()
    assert "export UV_SYSTEM_CERTS ?= 1" in makefile
    assert "export NODE_USE_SYSTEM_CA ?= 1" in makefile
