"""Run a command that never outlives the process that started it. Used by the deployment for the CDK's commands.

`AttachedRun` starts this module as a process of its own. That process leads a process group and
runs the command in it. When its standard input ends, because the starter is gone, or a SIGTERM or
SIGINT arrives, the whole group gets SIGTERM and, soon after, SIGKILL.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Self

from local_cloud.environment import CHECKOUT
from local_cloud.supervisor.parent_watch import when_parent_ends
from local_cloud.supervisor.processes import signal_group

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import IO

TERMINATION_SECONDS = 3.0
"""Between SIGTERM and SIGKILL."""

NOT_FOUND = 127
"""The exit code of a command that could not be started, as shells have it."""


class AttachedRun:
    """A running command, `with AttachedRun(…) as run: code = run.wait()`.

    Both output streams go to *output*. Leaving the block ends the command.
    """

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str], cwd: Path, output: IO[str]
    ) -> None:
        # -c rather than -m: the command may need another working directory than the checkout.
        module = "local_cloud.supervisor.attached_run"
        start = f"import sys; sys.path[0] = {str(CHECKOUT)!r}; from {module} import main; main()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", start, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )

    def wait(self, *, within: float | None = None) -> int | None:
        """Wait for the exit code, 128 + n when signal n ended it; None when it still runs after *within* seconds."""
        try:
            code = self._process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            return None
        return _as_in_shells(code)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=TERMINATION_SECONDS + 2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.returncode < 0:  # it was killed before it could end the group
            signal_group(self._process.pid, signal.SIGKILL)


def main() -> None:
    """Run the command named by the arguments; never returns."""
    sys.exit(_run(sys.argv[1:]))


def _run(command: Sequence[str]) -> int:
    """Run *command* in the process group of this process and return its exit code."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    when_parent_ends(ending.set)
    try:
        child = subprocess.Popen(list(command), stdin=subprocess.DEVNULL)
    except OSError as reason:
        sys.stderr.write(f"{command[0]}: {reason.strerror}\n")
        return NOT_FOUND
    threading.Thread(target=_end_group, args=(ending, child), daemon=True).start()
    code = child.wait()
    if ending.is_set():  # what the command started may still need the SIGKILL that is to come
        time.sleep(2 * TERMINATION_SECONDS)
    return _as_in_shells(code)


def _end_group(ending: threading.Event, child: subprocess.Popen[bytes]) -> None:
    """When *ending* is set, end the group, which includes this process."""
    ending.wait()
    os.killpg(0, signal.SIGTERM)
    deadline = time.monotonic() + TERMINATION_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(0, signal.SIGKILL)


def _as_in_shells(code: int) -> int:
    return code if code >= 0 else 128 - code
