"""Keep the folder, the state file and the lock of one local cloud. Used by the supervisor and its clients.

`.ordercast/<name>/` holds everything of one local cloud. Its supervisor holds a lock on
`.ordercast/<name>.lock` for as long as it lives, so a folder whose lock is free may be removed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from msgspec import json

from local_cloud.supervisor.processes import ProcessIdentity  # noqa: TC001 - msgspec reads it

if TYPE_CHECKING:
    from pathlib import Path

Phase = Literal["starting", "running", "stopped", "failed"]

SUPERVISOR = "supervisor"

PRIVATE = 0o700
"""The folder is its owner's alone: the orders that a developer tries may be real ones."""

POSITIONS = "positions.json"
"""The file in the folder that says how far the event sources have come."""

RULE_SETS = "endpoints"
"""The folder in the folder that is `AWS_DATA_PATH` of the functions that call providers."""

BETWEEN = "LOCAL_CLOUD_BETWEEN"
"""The variable with the URL of what stands between functions and services, for supervisor and emulator."""

SUBFOLDERS = ("home", "inbox", "logs", "state", "tmp")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudState:
    """What the state file `cloud.json` says.

    *failure* names the part that ended by itself, and how; *log* is the path of that part's log.
    """

    phase: Phase
    endpoint: str = ""
    provider_endpoint: str = ""
    failure: str | None = None
    log: str = ""
    processes: dict[str, ProcessIdentity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudFolder:
    """The folder of one local cloud, whether that runs or not."""

    path: Path

    @property
    def name(self) -> str:
        """The name of the local cloud."""
        return self.path.name

    def log(self, process: str) -> Path:
        """Return the log file of a process."""
        return self.path / "logs" / f"{process}.log"

    def create(self) -> None:
        """Make the empty folders, readable by their owner only; the lock must be held."""
        self.path.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        self.path.chmod(PRIVATE)  # where it was there, or the umask is an odd one
        for subfolder in SUBFOLDERS:
            (self.path / subfolder).mkdir()

    def write(self, state: CloudState) -> None:
        """Replace the state file in one step, so that no reader sees half of it."""
        draft = self.path / "cloud.json.new"
        draft.write_bytes(json.format(json.encode(state)))
        draft.replace(self.path / "cloud.json")

    def read(self) -> CloudState | None:
        """Read the state file; None when there is none."""
        try:
            return json.decode((self.path / "cloud.json").read_bytes(), type=CloudState)
        except FileNotFoundError:
            return None

    def lock(self, *, within: float = 0.2) -> int | None:
        """Take the lock and return its file descriptor, which holds it until closed; None when it is taken.

        A process that inherits the descriptor holds the lock too. The wait of *within* seconds
        outlasts other processes that take the lock only to see whether it is free.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + within
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return None
                time.sleep(0.01)
            else:
                return descriptor

    def locked(self) -> bool:
        """Whether a supervisor lives, or is about to start."""
        descriptor = self.lock(within=0)
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is None

    def clear(self, *, keep_logs: bool = False, within: float = 5.0) -> None:
        """End what a killed supervisor left running and remove the folder; the lock must be held."""
        state = self.read()
        left = list(state.processes.values()) if state else []
        for process in left:
            process.kill_group()
        deadline = time.monotonic() + within
        while any(process.alive() for process in left) and time.monotonic() < deadline:
            time.sleep(0.02)
        self._remove(keep_logs=keep_logs)

    def _remove(self, *, keep_logs: bool) -> None:
        if not keep_logs:
            shutil.rmtree(self.path, ignore_errors=True)
            shutil.rmtree(self.path, ignore_errors=True)  # what was written in the meantime
            return
        for entry in self.path.iterdir():
            if entry.is_dir() and entry.name != "logs":
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.is_file():
                entry.unlink()
