"""The name of a local cloud comes in; its folder, its record and the lock that says it lives go out.

`.ordercast/<name>/` holds everything of one instance. Its keeper holds a lock
on `.ordercast/<name>.lock` for as long as it lives, so a folder whose lock is
free belongs to nobody and may be removed.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

from local_cloud.processes import ProcessIdentity

if TYPE_CHECKING:
    from pathlib import Path

State = Literal["starting", "running", "stopped", "failed"]

PRIVATE = 0o700
"""Orders that a developer tries are whatever the developer took: the folder is the owner's alone."""

POSITIONS = "positions.json"
"""The file in its folder that says how far the event sources have come."""

SUBFOLDERS = ("home", "inbox", "logs", "state", "tmp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What `cloud.json` says of an instance.

    *trouble* names the part that ended, and how; *log* is where that part wrote what it had to say.
    """

    state: State
    endpoint: str = ""
    carrier: str = ""
    trouble: str | None = None
    log: str = ""
    processes: dict[str, ProcessIdentity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """Where one local cloud lives, alive or not."""

    folder: Path

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.folder.name

    def log(self, part: str) -> Path:
        """Where a part writes what it has to say."""
        return self.folder / "logs" / f"{part}.log"

    def create(self) -> None:
        """Make its empty folders, for nobody else's eyes; the lock must be held."""
        self.folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        self.folder.chmod(PRIVATE)  # where it was there, or the umask is an odd one
        for subfolder in SUBFOLDERS:
            (self.folder / subfolder).mkdir()

    def write(self, record: Record) -> None:
        """Replace the record in one step, so that no reader sees half of it."""
        draft = self.folder / "cloud.json.new"
        draft.write_text(json.dumps({"name": self.name} | asdict(record), indent=2))
        draft.replace(self.folder / "cloud.json")

    def read(self) -> Record | None:
        """Read the record, if there is one yet or still."""
        try:
            found = json.loads((self.folder / "cloud.json").read_text())
        except FileNotFoundError:
            return None
        del found["name"]
        found["processes"] = {
            part: ProcessIdentity(**process) for part, process in found["processes"].items()
        }
        return Record(**found)

    def lock(self, *, patience: float = 0.2) -> int | None:
        """Take the lock: a file descriptor that holds it until closed; None when a keeper has it.

        Whoever inherits the descriptor holds the lock too. *patience*, in
        seconds, outlasts those who take it only to see whether it is free.
        """
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(f"{self.folder}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + patience
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
        """Whether a keeper lives, or is about to."""
        descriptor = self.lock(patience=0)
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is None

    def clear(self, *, keep_logs: bool = False, within: float = 5.0) -> None:
        """End what a keeper that is gone left running and remove the folder; the lock must be held."""
        record = self.read()
        left = list(record.processes.values()) if record else []
        for process in left:
            process.kill_group()
        deadline = time.monotonic() + within
        while any(process.alive() for process in left) and time.monotonic() < deadline:
            time.sleep(0.02)
        self._remove(keep_logs=keep_logs)

    def _remove(self, *, keep_logs: bool) -> None:
        if not keep_logs:
            shutil.rmtree(self.folder, ignore_errors=True)
            shutil.rmtree(self.folder, ignore_errors=True)  # what was written while we removed
            return
        for entry in self.folder.iterdir():
            if entry.is_dir() and entry.name != "logs":
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.is_file():
                entry.unlink()
