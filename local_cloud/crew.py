"""Parts to start come in; processes that are ready, end or are stopped go out, as events in one queue."""

from __future__ import annotations

import contextlib
import io
import os
import queue
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local_cloud.processes import ProcessIdentity, kill_group

if TYPE_CHECKING:
    from local_cloud.instance import Instance
    from local_cloud.parts import Part

PATIENCE = 3.0
"""Seconds between SIGTERM and SIGKILL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A part printed `ready`."""

    name: str
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A part ended, by itself or by somebody's hand."""

    name: str
    pid: int
    code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The owner ended, or asked."""


Event = Ready | Ended | Stop


class Interrupted(Exception):
    """Something else than readiness came; *event* is None when nothing came in time."""

    def __init__(self, event: Ended | Stop | None) -> None:
        super().__init__(event)
        self.event = event


class Crew:
    """The running parts. Each leads a process group and holds a lifeline of ours."""

    def __init__(self, instance: Instance) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._instance = instance
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._followers: list[threading.Thread] = []

    def start(self, part: Part) -> None:
        """Start a part; its output goes to its log and its `ready` to the events."""
        with self._instance.log(part.name).open("a") as log:
            process = subprocess.Popen(
                part.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=part.env,
                cwd=part.cwd,
                pass_fds=part.keep_open,
                start_new_session=True,
                text=True,
            )
        self._running[part.name] = process
        follower = threading.Thread(target=self._follow, args=(part.name, process), daemon=True)
        self._followers.append(follower)
        follower.start()

    def until_ready(self, *names: str, within: float) -> None:
        """Wait until the named parts are ready; raises Interrupted when something else comes first."""
        missing = set(names)
        deadline = time.monotonic() + within
        while missing:
            event = self._next(deadline)
            if not isinstance(event, Ready):
                raise Interrupted(event)
            missing.discard(event.name)

    def until_interrupted(self) -> Ended | Stop:
        """Wait until a part ends or the owner wants us to."""
        while True:
            event = self._next(None)
            if isinstance(event, Ended | Stop):
                return event

    def identities(self) -> dict[str, ProcessIdentity]:
        """Who runs, for the record."""
        found = {name: ProcessIdentity.of(process.pid) for name, process in self._running.items()}
        return {name: identity for name, identity in found.items() if identity}

    def let_go(self) -> None:
        """Drop every lifeline, as the end of this process would."""
        for process in self._running.values():
            if process.stdin:
                process.stdin.close()

    def stop(self) -> None:
        """SIGTERM to every group, SIGKILL to what has not gone soon after; returns when all have ended."""
        stopped, self._running = self._running, {}
        for process in stopped.values():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for process in stopped.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
            kill_group(process.pid)
            process.wait()
            if process.stdin:
                process.stdin.close()
        for follower in self._followers:
            follower.join(timeout=1.0)

    def _next(self, deadline: float | None) -> Event | None:
        """Wait for the next event that concerns us: what was stopped by us may say what it likes."""
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            try:
                event = self.events.get(timeout=left)
            except queue.Empty:
                return None
            if isinstance(event, Stop) or self._is_ours(event):
                return event

    def _is_ours(self, event: Ready | Ended) -> bool:
        process = self._running.get(event.name)
        return process is not None and process.pid == event.pid

    def _follow(self, name: str, process: subprocess.Popen[str]) -> None:
        said = process.stdout or io.StringIO()
        with said, self._instance.log(name).open("a") as log:
            for line in said:
                if line == "ready\n":
                    self.events.put(Ready(name=name, pid=process.pid))
                else:
                    log.write(line)
                    log.flush()
        self.events.put(Ended(name=name, pid=process.pid, code=process.wait()))
