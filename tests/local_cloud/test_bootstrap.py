"""Set-up is done once, goes on after a SIGKILL, waits for its like and explains its failures."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud import bootstrap
from local_cloud.bootstrap import SetupError, alone, check_python, set_up
from local_cloud.processes import ProcessIdentity
from local_cloud.setup_steps import Step, steps
from local_cloud.trouble import CERTIFICATE, DISK, NETWORK
from tests.eventually import eventually

ROOT = Path(__file__).resolve().parents[2]

TWO = """
import os, sys
from pathlib import Path
from tests.local_cloud.test_bootstrap import step
from local_cloud.bootstrap import alone, set_up
root = Path(sys.argv[1])
with alone(root) as lock:
    set_up([step(root, sys.argv[2])], root=root, env=os.environ, lock=lock)
"""


def step(root: Path, code: str, inputs: str = "1") -> Step:
    command = (sys.executable, "-c", f"from pathlib import Path\nmade = Path('made')\n{code}")
    return Step(name="a thing", product=root / "made", inputs=inputs, commands=(command,))


COUNTED = (
    "count = made / 'count'\ncount.write_text(count.read_text() + '.' if count.exists() else '.')"
)


def do(root: Path, *wanted: Step) -> None:
    set_up(wanted, root=root, env=os.environ)


def count(root: Path) -> str:
    return (root / "made/count").read_text()


def test_what_is_set_up_is_not_set_up_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    do(tmp_path, step(tmp_path, COUNTED))
    assert "a thing … 0." in capsys.readouterr().out
    do(tmp_path, step(tmp_path, COUNTED))
    assert "." == count(tmp_path)
    assert "" == capsys.readouterr().out


def test_what_its_inputs_outdate_is_brought_up_to_date(tmp_path: Path) -> None:
    do(tmp_path, step(tmp_path, COUNTED))
    do(tmp_path, step(tmp_path, COUNTED, inputs="2"))
    assert ".." == count(tmp_path)


def test_what_has_moved_is_made_anew(tmp_path: Path) -> None:
    """The scripts of an environment name their interpreter by its whole path."""
    before = tmp_path / "before"
    before.mkdir()
    do(before, step(before, COUNTED))
    after = before.rename(tmp_path / "after")
    do(after, step(after, COUNTED))
    assert "." == count(after)


def test_a_step_that_failed_is_done_again_from_nothing(tmp_path: Path) -> None:
    with pytest.raises(SetupError):
        do(tmp_path, step(tmp_path, f"{COUNTED}\nraise SystemExit(1)"))
    do(tmp_path, step(tmp_path, COUNTED))
    assert "." == count(tmp_path)


def test_going_back_to_earlier_inputs_after_a_failure_does_not_trust_the_earlier_stamp(
    tmp_path: Path,
) -> None:
    do(tmp_path, step(tmp_path, COUNTED))
    with pytest.raises(SetupError):
        do(tmp_path, step(tmp_path, f"{COUNTED}\nraise SystemExit(1)", inputs="2"))
    do(tmp_path, step(tmp_path, COUNTED))
    assert "." == count(tmp_path)


def test_a_killed_set_up_leaves_no_process_and_the_next_one_finishes(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    slow = f"import os, time; Path({str(pid)!r}).write_text(str(os.getpid())); time.sleep(600)"
    first = subprocess.Popen([sys.executable, "-c", TWO, str(tmp_path), slow], cwd=ROOT)

    def it_is_at_work() -> ProcessIdentity | None:
        return ProcessIdentity.of(int(pid.read_text() or 0)) if pid.exists() else None

    tool = eventually(it_is_at_work)
    assert tool is not None
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    with alone(tmp_path):  # waits for the tool as well: it has inherited the lock
        assert not tool.alive()
    do(tmp_path, step(tmp_path, COUNTED))
    assert "." == count(tmp_path)


def test_two_at_once_are_one_after_the_other_and_the_second_says_why_it_waits(
    tmp_path: Path,
) -> None:
    waits = "import time; time.sleep(0.5)"
    command = [sys.executable, "-c", TWO, str(tmp_path), f"{COUNTED}\n{waits}"]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = "".join(process.communicate()[0] for process in both)
    assert [0, 0] == [process.returncode for process in both]
    assert 1 == said.count("Another set-up runs in this checkout: waiting for it.")
    assert "." == count(tmp_path)


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("OSError: [Errno 28] No space left on device", DISK),
        ("invalid peer certificate: UnknownIssuer", CERTIFICATE),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN", CERTIFICATE),
        ("cause: dns error", NETWORK),
        ("npm error code EAI_AGAIN", NETWORK),
        ("something else", "Try again; when that does not help, `make clean` first."),
    ],
)
def test_a_failure_names_the_step_the_log_and_what_to_try(
    said: str, hint: str, tmp_path: Path
) -> None:
    with pytest.raises(SetupError) as failure:
        do(tmp_path, step(tmp_path, f"raise SystemExit({said!r})"))
    assert [
        "a thing",
        f"    {said}",
        f"  log: {tmp_path}/.tools/logs/made.log",
        f"  {hint}",
    ] == str(failure.value).splitlines()


def test_a_full_disk_is_seen_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "NEEDED", 1e18)
    with pytest.raises(SetupError, match=r"GB are free here, 1000000000\.0 GB are needed"):
        do(tmp_path, step(tmp_path, COUNTED))
    assert not (tmp_path / "made").exists()


def test_a_python_without_venv_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SetupError, match=r"apt install python3\.\d+-venv"):
        check_python()


def test_every_tool_is_locked_by_hash_and_no_interpreter_is_downloaded() -> None:
    commands = [" ".join(command) for wanted in steps(ROOT) for command in wanted.commands]
    installs = [command for command in commands if " install " in command or " sync " in command]
    assert 3 == len(installs)
    assert all("--require-hashes" in command or "--frozen" in command for command in installs)
    assert "never" == bootstrap.environment(ROOT, {})["UV_PYTHON_DOWNLOADS"]


def test_the_system_is_trusted_unless_the_user_knows_better() -> None:
    bare = bootstrap.environment(ROOT, {})
    assert ("1", "1") == (bare["UV_SYSTEM_CERTS"], bare["NODE_USE_SYSTEM_CA"])
    theirs = {"UV_SYSTEM_CERTS": "0", "SSL_CERT_FILE": "/corporate.pem"}
    assert theirs.items() <= bootstrap.environment(ROOT, theirs).items()
    assert "REQUESTS_CA_BUNDLE" not in bootstrap.environment(ROOT, theirs)
