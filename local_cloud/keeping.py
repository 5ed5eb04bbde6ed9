"""The wish for an instance comes in; a keeper, started or stopped, and a tidy folder go out."""

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

from local_cloud.environment import clean
from local_cloud.instance import Instance
from local_cloud.lifeline import RELEASE
from local_cloud.trouble import LocalCloudError, last_lines

if TYPE_CHECKING:
    from local_cloud.instance import Record

CHECKOUT = Path(__file__).resolve().parent.parent

MOST = 20
"""So many of one name at once are a mistake."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""What a local cloud can be called: its folder of that name is emptied when it starts."""

KEEPER = ("-m", "local_cloud.keeper")

START_TIMEOUT = 90.0
STOP_TIMEOUT = 10.0
"""Seconds; the keeper's own limits are shorter."""


def instances(root: Path) -> list[Instance]:
    """Every instance that has a folder in the checkout *root*, alive or not."""
    return [
        Instance(folder=folder)
        for folder in sorted((root / ".ordercast").glob("*"))
        if folder.is_dir()
    ]


def claim(name: str, *, root: Path, another: bool) -> tuple[Instance, int]:
    """Take the lock of the instance of that name, or of the next free one when *another* will do.

    Raises LocalCloudError when it is taken, or is no name for a folder of ours.
    """
    if not NAME.fullmatch(name):
        hint = "Letters, digits, _ and -, a letter or digit first."
        raise LocalCloudError(what=f"a local cloud cannot be called {name!r}", hint=hint)
    for number in range(1, MOST + 1 if another else 2):
        instance = Instance(
            folder=root / ".ordercast" / (f"{name}-{number}" if number > 1 else name)
        )
        lock = instance.lock()
        if lock is not None:
            return instance, lock
    what = f"{MOST} local clouds called {name} run already" if another else f"{name} runs already"
    raise LocalCloudError(what=what, hint="`ordercast down` stops it.")


def start_keeper(
    instance: Instance, lock: int, *, receipt_delay: float | None
) -> subprocess.Popen[bytes]:
    """Start a keeper that holds the *lock* and ends when we do, however we do, unless released."""
    command = [sys.executable, *KEEPER, "--folder", str(instance.folder)]
    command += ["--receipt-delay", str(receipt_delay)] if receipt_delay is not None else []
    with instance.log("keeper").open("a") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=CHECKOUT,
            env=clean(instance.folder, path=os.environ.get("PATH", os.defpath)),
            pass_fds=(lock,),
            start_new_session=True,
        )


def until_running(instance: Instance, keeper: subprocess.Popen[bytes]) -> Record:
    """Wait until all of it runs, for its record then; raises LocalCloudError when it will not."""
    deadline = time.monotonic() + START_TIMEOUT
    while keeper.poll() is None and time.monotonic() < deadline:
        record = instance.read()
        if record and record.state == "running":
            return record
        time.sleep(0.02)
    record = instance.read()
    what = record.trouble if record and record.trouble else "its keeper ended or hung"
    log = Path(record.log) if record and record.log else instance.log("keeper")
    raise LocalCloudError(
        what=f"the local cloud did not start: {what}", log=log, hint=last_lines(log)
    )


def release_keeper(keeper: subprocess.Popen[bytes]) -> None:
    """Let it outlive us; whether it still lives is not said."""
    if keeper.stdin and not keeper.stdin.closed:
        with contextlib.suppress(BrokenPipeError):
            os.write(keeper.stdin.fileno(), RELEASE)
        keeper.stdin.close()


def stop_keeper(instance: Instance, ours: subprocess.Popen[bytes] | None) -> None:
    """SIGTERM, and SIGKILL when that does not help; returns when the keeper is gone."""
    if ours and ours.stdin:
        ours.stdin.close()
    for number, seconds in ((signal.SIGTERM, STOP_TIMEOUT), (signal.SIGKILL, 1.0)):
        if _told_and_gone(instance, number, within=seconds):
            break
    else:
        raise LocalCloudError(what=f"{instance.name} does not stop", log=instance.log("keeper"))
    if ours:
        ours.wait()


def clear_if_dead(instance: Instance, *, keep_logs: bool = False) -> bool:
    """Remove the folder of an instance whose keeper is gone; whether that was so."""
    lock = instance.lock()
    if lock is None:
        return False
    try:
        instance.clear(keep_logs=keep_logs)
    finally:
        os.close(lock)
    return True


def _told_and_gone(instance: Instance, number: signal.Signals, *, within: float) -> bool:
    told = False
    deadline = time.monotonic() + within
    while instance.locked() and time.monotonic() < deadline:
        record = instance.read()  # a keeper that has only just started has none yet
        if not told and record and "keeper" in record.processes:
            record.processes["keeper"].end(number)
            told = True
        time.sleep(0.02)
    return not instance.locked()
