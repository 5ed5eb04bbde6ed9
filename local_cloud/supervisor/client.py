"""Start, find and stop the supervisors of local clouds. Used by `local_cloud.cloud`."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from local_cloud.environment import CHECKOUT, certificate, clean
from local_cloud.errors import LocalCloudError, last_lines
from local_cloud.provider_simulator.outcomes_and_delays import RECEIPT_DELAY_SECONDS
from local_cloud.supervisor.parent_watch import RELEASE
from local_cloud.supervisor.state import BETWEEN, SUPERVISOR, CloudFolder

if TYPE_CHECKING:
    from local_cloud.supervisor.state import CloudState

CLOUDS_LIMIT = 20
"""More local clouds of one name at once are a mistake."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""A name for a local cloud: the folder of that name is emptied when it starts."""

COMMAND = ("-c", "from local_cloud.supervisor.supervisor import main; main()")

START_TIMEOUT = 90.0
STOP_TIMEOUT = 10.0
"""Seconds; the supervisor's own limits are shorter."""


def folders(root: Path) -> list[CloudFolder]:
    """List the local clouds that have a folder in the checkout *root*, running or not."""
    found = sorted((root / ".ordercast").glob("*"))
    return [CloudFolder(path=path) for path in found if path.is_dir()]


def claim(name: str, *, root: Path, another: bool) -> tuple[CloudFolder, int]:
    """Take the lock of that name, or with *another* of the next free one: name-2, name-3, ….

    Raises LocalCloudError when it is taken, or cannot be the name of a folder.
    """
    if not NAME.fullmatch(name):
        hint = "Letters, digits, _ and -, a letter or digit first."
        raise LocalCloudError(what=f"a local cloud cannot be called {name!r}", hint=hint)
    for number in range(1, CLOUDS_LIMIT + 1 if another else 2):
        folder = CloudFolder(
            path=root / ".ordercast" / (f"{name}-{number}" if number > 1 else name)
        )
        lock = folder.lock()
        if lock is not None:
            return folder, lock
    running = f"{CLOUDS_LIMIT} local clouds called {name} run" if another else f"{name} runs"
    raise LocalCloudError(what=f"{running} already", hint="`ordercast down` stops it.")


def start(
    folder: CloudFolder, lock: int, *, receipt_delay: float | None, secured: bool, between: str
) -> subprocess.Popen[bytes]:
    """Start a supervisor that holds the *lock* and ends with this process, unless it is released.

    *between* is the URL of what stands between the functions and all services, if anything does.
    """
    delay = RECEIPT_DELAY_SECONDS if receipt_delay is None else receipt_delay
    # Its services make their clients when the certificate is there.
    trust = {"AWS_CA_BUNDLE": str(certificate(folder.path))} if secured else {}
    chosen = {BETWEEN: between} if between else {}
    with folder.log(SUPERVISOR).open("a") as log:
        return subprocess.Popen(
            [
                *(sys.executable, *COMMAND, str(folder.path), str(delay)),
                *(["secured"] if secured else []),
            ],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=CHECKOUT,
            env=clean(folder.path, path=os.environ.get("PATH", os.defpath)) | trust | chosen,
            pass_fds=(lock,),
            start_new_session=True,
        )


def wait_until_running(folder: CloudFolder, supervisor: subprocess.Popen[bytes]) -> CloudState:
    """Wait until the local cloud runs and return its state; raises LocalCloudError when it does not start."""
    deadline = time.monotonic() + START_TIMEOUT
    while supervisor.poll() is None and time.monotonic() < deadline:
        state = folder.read()
        if state and state.phase == "running":
            return state
        time.sleep(0.02)
    state = folder.read()
    what = (state and state.failure) or "its supervisor ended or hung"
    log = Path(state.log) if state and state.log else folder.log(SUPERVISOR)
    raise LocalCloudError(
        what=f"the local cloud did not start: {what}", log=log, hint=last_lines(log)
    )


def release(supervisor: subprocess.Popen[bytes]) -> None:
    """Let a supervisor that this process started outlive it; it may have ended already."""
    if supervisor.stdin and not supervisor.stdin.closed:
        with contextlib.suppress(BrokenPipeError):
            os.write(supervisor.stdin.fileno(), RELEASE)
        supervisor.stdin.close()


def stop(folder: CloudFolder, started: subprocess.Popen[bytes] | None) -> None:
    """Send SIGTERM, and SIGKILL when that does not help; returns when the supervisor is gone.

    *started*: the supervisor's process, where this process started it.
    """
    if started and started.stdin:
        started.stdin.close()
    if not (
        _gone_after(signal.SIGTERM, folder, within=STOP_TIMEOUT)
        or _gone_after(signal.SIGKILL, folder, within=1.0)
    ):
        raise LocalCloudError(what=f"{folder.name} does not stop", log=folder.log(SUPERVISOR))
    if started:
        started.wait()


def clear_if_ended(folder: CloudFolder, *, keep_logs: bool = False) -> bool:
    """Remove the folder of a local cloud whose supervisor has ended; returns whether it had."""
    lock = folder.lock()
    if lock is None:
        return False
    try:
        folder.clear(keep_logs=keep_logs)
    finally:
        os.close(lock)
    return True


def _gone_after(number: signal.Signals, folder: CloudFolder, *, within: float) -> bool:
    sent = False
    deadline = time.monotonic() + within
    while folder.locked() and time.monotonic() < deadline:
        state = folder.read()  # a supervisor that has only just started has none yet
        if not sent and state and SUPERVISOR in state.processes:
            state.processes[SUPERVISOR].send(number)
            sent = True
        time.sleep(0.02)
    return not folder.locked()
