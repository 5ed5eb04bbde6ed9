"""A leash: a command comes in, its exit code goes out, and nothing of it outlives whoever holds the leash.

`python -m local_cloud.leash COMMAND…` makes itself the leader of a process group and
runs the command inside it. When standard input ends (the holder is gone) or a
SIGTERM or SIGINT arrives, the whole group gets SIGTERM and, soon after, SIGKILL.
`Leash` is the holder's side of it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from local_cloud.lifeline import when_owner_ends

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import IO, Self

PATIENCE = 3.0
"""Seconds between SIGTERM and SIGKILL."""

NOT_FOUND = 127
"""The exit code of a command that could not be started, as shells have it."""

_ROOT = Path(__file__).resolve().parent.parent


class Leash:
    """A command that runs while this is held, `with Leash(…) as leash: code = leash.wait()`.

    Both output streams go to *output*. *keep_open* are file descriptors that
    the command inherits, such as a lock that must be held until all of it has
    ended. Leaving the block ends the command, whatever the reason for leaving.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        output: IO[str],
        keep_open: Sequence[int] = (),
    ) -> None:
        # -c rather than -m: the command may need another folder than ours as its own.
        start = (
            f"import sys; sys.path[0] = {str(_ROOT)!r}; from local_cloud.leash import main; main()"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", start, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            pass_fds=tuple(keep_open),
            start_new_session=True,
        )

    def wait(self, *, within: float | None = None) -> int | None:
        """Wait for the exit code, 128 + n when signal n ended it; None when it runs on after *within* seconds."""
        try:
            code = self._process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            return None
        return code if code >= 0 else 128 - code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=PATIENCE + 2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.returncode < 0:  # the leash itself was killed: the group is ours to end
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    output: IO[str],
    keep_open: Sequence[int] = (),
) -> int:
    """Run *command* to its end, for its exit code; see Leash."""
    with Leash(command, env=env, cwd=cwd, output=output, keep_open=keep_open) as leash:
        return int(leash.wait() or 0)


def main() -> None:
    """Run the command named by the arguments; never returns."""
    sys.exit(hold(sys.argv[1:]))


def hold(command: Sequence[str]) -> int:
    """Run *command* in a process group led by this process and pass its exit code through."""
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    when_owner_ends(ending.set)
    try:
        child = subprocess.Popen(list(command), stdin=subprocess.DEVNULL, close_fds=False)
    except OSError as reason:
        sys.stderr.write(f"{command[0]}: {reason.strerror}\n")
        return NOT_FOUND
    threading.Thread(target=_end_group, args=(ending, child), daemon=True).start()
    code = child.wait()
    if ending.is_set():  # what the command started may need the SIGKILL that is on its way
        time.sleep(2 * PATIENCE)
    return code if code >= 0 else 128 - code


def _end_group(ending: threading.Event, child: subprocess.Popen[bytes]) -> None:
    """When *ending* is set: SIGTERM, a little patience, SIGKILL, to the group and so to us too."""
    ending.wait()
    os.killpg(0, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(0, signal.SIGKILL)
