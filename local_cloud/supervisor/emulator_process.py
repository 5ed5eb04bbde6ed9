"""Run the emulator as a child process that ends with its parent. Used by the supervisor."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from local_cloud.supervisor.processes import ProcessIdentity, signal_group

if TYPE_CHECKING:
    import queue
    from pathlib import Path

    from local_cloud.emulator.command import Command

EMULATOR = "emulator"

TERMINATION_SECONDS = 3.0
"""Between SIGTERM and SIGKILL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A part of the local cloud ended by itself: *what* happened, and whose *log* tells more."""

    what: str
    log: str


ProcessEvent = Literal["ready", "stop"] | Failure
"""The emulator printed `ready`; the parent ended, or a signal asked for the end; or a part failed."""


class EmulatorProcess:
    """The running emulator: the leader of a process group, with this process watched as its parent."""

    def __init__(
        self, command: Command, *, log: Path, events: queue.SimpleQueue[ProcessEvent]
    ) -> None:
        self._log = log
        self._events = events
        with log.open("a") as output:
            self._process = subprocess.Popen(
                command.words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                env=command.env,
                cwd=command.cwd,
                pass_fds=command.keep_open,
                start_new_session=True,
                text=True,
            )
        self._follower = threading.Thread(target=self._follow, daemon=True)
        self._follower.start()

    def identity(self) -> ProcessIdentity | None:
        """Identify the process, while it runs."""
        return ProcessIdentity.of(self._process.pid)

    def stop(self) -> None:
        """Send SIGTERM to its group, and SIGKILL to what remains; returns when it has ended."""
        signal_group(self._process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=TERMINATION_SECONDS)
        signal_group(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.close_pipe()
        self._follower.join(timeout=1.0)

    def close_pipe(self) -> None:
        """Close the pipe that it watches, as the end of this process would."""
        if self._process.stdin:
            self._process.stdin.close()

    def _follow(self) -> None:
        """Copy its output to the log, and put its readiness and its end into the queue."""
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        with self._process.stdout as lines, self._log.open("a") as log:
            for line in lines:
                if line == "ready\n":
                    self._events.put("ready")
                else:
                    log.write(line)
                    log.flush()
        code = self._process.wait()
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        self._events.put(Failure(what=f"{EMULATOR} ended unexpectedly ({how})", log=EMULATOR))
