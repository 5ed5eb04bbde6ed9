"""Recognise and end processes, and never one that only has a recycled number. Used by the supervisor and its client."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass

import psutil

CLOCK_STEP = 2.0
"""Seconds by which the start of one process may read differently: the system's clock is adjusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessIdentity:
    """A process by its number and its start, in seconds since the epoch."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """Identify the process that has this number now; None when there is none, or only a zombie."""
        try:
            process = psutil.Process(pid)
            if process.status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}:
                return None
            return cls(pid=pid, started=process.create_time())
        except psutil.NoSuchProcess:
            return None

    def alive(self) -> bool:
        """Whether this very process still runs."""
        now = ProcessIdentity.of(self.pid)
        return now is not None and abs(now.started - self.started) < CLOCK_STEP

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it, if it still runs."""
        if self.alive():
            with _may_be_gone():
                os.kill(self.pid, number)

    def kill_group(self) -> None:
        """Send SIGKILL to the process group that it leads, if it still runs."""
        if self.alive():
            signal_group(self.pid, signal.SIGKILL)


def signal_group(leader: int, number: signal.Signals) -> None:
    """Send a signal to the process group that *leader* leads, or led a moment ago."""
    with _may_be_gone():
        os.killpg(leader, number)


def _may_be_gone() -> contextlib.suppress:
    return contextlib.suppress(ProcessLookupError, PermissionError)  # macOS: the latter for zombies
