"""A process number comes in; whether it is still the same process goes out, so that no recycled number is hurt."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessIdentity:
    """A process for good: its number, and when it started in the kernel's own words."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """Identify the process that has this number now; None when there is none, or only a zombie."""
        started = _started_by_proc(pid) if Path("/proc/self/stat").exists() else _started_by_ps(pid)
        return cls(pid=pid, started=started) if started else None

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return ProcessIdentity.of(self.pid) == self

    def end(self, number: signal.Signals) -> None:
        """Send a signal to it, if it still runs."""
        if self.alive():
            with _gone_is_fine():
                os.kill(self.pid, number)

    def kill_group(self) -> None:
        """SIGKILL to the process group that it leads, if it still runs."""
        if self.alive():
            kill_group(self.pid)


def kill_group(leader: int) -> None:
    """SIGKILL to whatever is left of the process group that *leader* leads or led a moment ago."""
    with _gone_is_fine():
        os.killpg(leader, signal.SIGKILL)


def _gone_is_fine() -> contextlib.suppress:
    return contextlib.suppress(ProcessLookupError, PermissionError)  # macOS: the latter of zombies


def _started_by_proc(pid: int) -> str:
    """Clock ticks since boot, and which boot; see proc(5)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
    state, start_time = fields[0], fields[19]
    return "" if state in "ZX" else f"{boot}/{start_time}"


def _started_by_ps(pid: int) -> str:
    listed = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)],  # noqa: S607 - its folder differs by system
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split(maxsplit=1)
    return "" if not listed or listed[0].startswith("Z") else listed[-1].strip()
