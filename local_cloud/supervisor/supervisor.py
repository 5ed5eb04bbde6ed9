"""Own a running local cloud: the emulator as a child process, the services in threads. Started by `supervisor.client`.

The supervisor ends with the process that started it, unless it was released, and the emulator ends
with the supervisor. When a part ends by itself, the supervisor writes down which, stops the rest
and exits with 1.
"""

from __future__ import annotations

import os
import queue
import signal
import socket
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_cloud.emulator.command import emulator_command, loopback
from local_cloud.supervisor.emulator_process import EMULATOR, EmulatorProcess, Failure, ProcessEvent
from local_cloud.supervisor.parent_watch import when_parent_ends
from local_cloud.supervisor.processes import ProcessIdentity
from local_cloud.supervisor.state import BETWEEN, SUPERVISOR, CloudFolder, CloudState, Phase

if TYPE_CHECKING:
    from local_cloud.services import Services

START_TIMEOUT = 60.0
"""Seconds in which the emulator must be ready."""


def main() -> None:
    """Run the local cloud in the folder that the first argument names, with the receipt delay in the second.

    A third argument, "secured", has it speak TLS and look at policies.

    Exits 0 when it was stopped, 1 when a part failed.
    """
    folder, receipt_delay = Path(sys.argv[1]), float(sys.argv[2])
    supervisor = Supervisor(
        CloudFolder(path=folder), receipt_delay=receipt_delay, secured="secured" in sys.argv[3:]
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop())
    when_parent_ends(supervisor.stop)
    code = supervisor.run()
    sys.stderr.flush()
    os._exit(code)  # threads of the services may wait for an answer that never comes


class Supervisor:
    """Runs the local cloud of one folder and keeps its state file."""

    def __init__(self, folder: CloudFolder, *, receipt_delay: float, secured: bool) -> None:
        self._folder = folder
        self._receipt_delay = receipt_delay
        self._secured = secured
        self._events: queue.SimpleQueue[ProcessEvent] = queue.SimpleQueue()
        self._emulator: EmulatorProcess | None = None
        self._state = CloudState(phase="starting")

    def stop(self) -> None:
        """Ask for the end; safe in a signal handler and from any thread."""
        self._events.put("stop")

    def run(self) -> int:
        """Start everything, wait for the end, stop everything; returns the exit code."""
        self._write("starting")
        try:
            failure = self._run_until_the_end()
            if failure:
                # Clients meet the gap now, and stopping the emulator takes seconds.
                self._note(failure)
        finally:
            if self._emulator:
                self._emulator.stop()
        self._write("failed" if failure else "stopped")
        return 1 if failure else 0

    def _run_until_the_end(self) -> Failure | None:
        """Start the parts and wait; returns what failed, None when the end was requested."""
        # Both sockets listen before anything starts: no other process can take their ports.
        with listen() as gateway:
            provider = listen()
            self._start_emulator(gateway, provider)
        services = make_services(
            folder=self._folder.path,
            endpoint=self._state.endpoint,
            provider=provider,
            receipt_delay=self._receipt_delay,
            between=os.environ.get(BETWEEN, ""),
            failed=lambda what: self._events.put(Failure(what=what, log=SUPERVISOR)),
        )
        event = self._next(within=START_TIMEOUT)
        if event == "ready":
            services.start()
            self._write("running")
            event = self._next()
        return event if isinstance(event, Failure) else None

    def _start_emulator(self, gateway: socket.socket, provider: socket.socket) -> None:
        port, provider_port = gateway.getsockname()[1], provider.getsockname()[1]
        self._state = replace(
            self._state,
            endpoint=loopback(port, secured=self._secured),
            provider_endpoint=loopback(provider_port),
        )
        self._emulator = EmulatorProcess(
            emulator_command(
                self._folder.path,
                socket=gateway.fileno(),
                port=port,
                provider_port=provider_port,
                secured=self._secured,
                between=os.environ.get(BETWEEN, ""),
            ),
            log=self._folder.log(EMULATOR),
            events=self._events,
        )
        self._write("starting")

    def _next(self, *, within: float | None = None) -> ProcessEvent:
        try:
            return self._events.get(timeout=within)
        except queue.Empty:
            return Failure(what=f"the {EMULATOR} was not ready in time", log=EMULATOR)

    def _note(self, failure: Failure) -> None:
        log = self._folder.log(failure.log)
        sys.stderr.write(f"{failure.what}; log: {log}\n")
        self._state = replace(self._state, failure=failure.what, log=str(log))
        self._write("failed")

    def _write(self, phase: Phase) -> None:
        processes = {SUPERVISOR: ProcessIdentity.of(os.getpid())}
        if self._emulator:
            processes[EMULATOR] = self._emulator.identity()
        running = {name: identity for name, identity in processes.items() if identity}
        self._state = replace(self._state, phase=phase, processes=running)
        self._folder.write(self._state)


def listen() -> socket.socket:
    """Listen on a free port of the loopback interface."""
    return socket.create_server(("127.0.0.1", 0), backlog=256)


def make_services(**options: Any) -> Services:  # noqa: ANN401 - those of Services
    """Make the services that run in this process; the emulator starts while boto3 is imported."""
    made: Services = import_module("local_cloud.services").Services(**options)
    return made
