"""The keeper: a folder comes in, a running local cloud goes out, until its owner ends or it is told to stop.

Owns ministack, the carrier and the event sources: they end when it ends. When
one of them ends by itself the keeper says which, stops the rest and fails.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from local_cloud import parts
from local_cloud.crew import Crew, Ended, Interrupted, Stop
from local_cloud.instance import Instance, Record, State
from local_cloud.lifeline import when_owner_ends
from local_cloud.processes import ProcessIdentity

ATTEMPTS = 3
"""The carrier's port may be taken between our finding it free and its opening it."""

START_TIMEOUT = 60.0
"""Seconds in which every part must say that it is ready."""


def main() -> None:
    """Keep the instance named by the arguments; exits 0 when stopped, 1 when a part failed."""
    arguments = _arguments()
    keeper = Keeper(Instance(folder=arguments.folder), receipt_delay=arguments.receipt_delay)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: keeper.stop())
    when_owner_ends(keeper.stop)
    sys.exit(keeper.run())


class Keeper:
    """Runs the parts of one instance and writes down how they are."""

    def __init__(self, instance: Instance, *, receipt_delay: float | None) -> None:
        self._instance = instance
        self._receipt_delay = receipt_delay
        self._crew = Crew(instance)
        self._record = Record(state="starting")

    def stop(self) -> None:
        """Ask it to stop; safe in a signal handler and from any thread."""
        self._crew.events.put(Stop())

    def run(self) -> int:
        """Start everything, wait for the end, stop everything; the exit code."""
        self._note("starting")
        try:
            trouble = _trouble(self._until_the_end(), self._instance)
            if trouble:
                # Stopping the rest takes seconds, and whoever uses the cloud meets the gap now.
                sys.stderr.write(f"{trouble.what}; log: {trouble.log}\n")
                self._note("failed", trouble)
        finally:
            self._crew.stop()
        self._note("failed" if trouble else "stopped", trouble)
        return 1 if trouble else 0

    def _until_the_end(self) -> Ended | Stop | None:
        try:
            self._start()
            return self._crew.until_interrupted()
        except Interrupted as interrupted:
            return interrupted.event

    def _start(self) -> None:
        port = self._start_servers()
        self._crew.start(parts.event_sources(self._instance.folder, ministack_port=port))
        self._note("starting")
        self._crew.until_ready(parts.EVENT_SOURCES, within=START_TIMEOUT)
        self._note("running")

    def _start_servers(self) -> int:
        """Ministack and the carrier, each told where the other is; ministack's port."""
        for attempt in range(1, ATTEMPTS + 1):
            port, carrier_port = self._start_on_free_ports()
            self._record = Record(
                state="starting",
                endpoint=parts.loopback(port),
                carrier=parts.loopback(carrier_port),
            )
            self._note("starting")
            try:
                self._crew.until_ready(parts.MINISTACK, parts.CARRIER, within=START_TIMEOUT)
            except Interrupted as interrupted:
                event = interrupted.event
                if (
                    attempt == ATTEMPTS
                    or not isinstance(event, Ended)
                    or event.name != parts.CARRIER
                ):
                    raise
                self._crew.stop()
            else:
                return port
        raise AssertionError  # the last attempt returned or raised

    def _start_on_free_ports(self) -> tuple[int, int]:
        folder = self._instance.folder
        with listening() as gateway:
            port, carrier_port = gateway.getsockname()[1], free_port()
            self._crew.start(
                parts.carrier(
                    folder,
                    port=carrier_port,
                    ministack_port=port,
                    receipt_delay=self._receipt_delay,
                )
            )
            self._crew.start(
                parts.ministack(
                    folder, socket=gateway.fileno(), port=port, carrier_port=carrier_port
                )
            )
        return port, carrier_port

    def _note(self, state: State, trouble: _Trouble | None = None) -> None:
        self._record = replace(self._record, state=state, processes=self._processes())
        if trouble:
            self._record = replace(self._record, trouble=trouble.what, log=str(trouble.log))
        self._instance.write(self._record)

    def _processes(self) -> dict[str, ProcessIdentity]:
        me = ProcessIdentity.of(os.getpid())
        return self._crew.identities() | ({"keeper": me} if me else {})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local_cloud.keeper", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="the folder of the instance")
    parser.add_argument("--receipt-delay", type=float, help="seconds until the carrier answers")
    return parser.parse_args()


def listening() -> socket.socket:
    """Listen on a free port: nobody else can take it before ministack accepts."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    listening.set_inheritable(True)
    return listening


def free_port() -> int:
    """Find a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    what: str
    log: Path


def _trouble(event: Ended | Stop | None, instance: Instance) -> _Trouble | None:
    if isinstance(event, Stop):
        return None
    if event is None:
        return _Trouble(what="not every part was ready in time", log=instance.folder / "logs")
    how = f"exit code {event.code}" if event.code >= 0 else signal.Signals(-event.code).name
    return _Trouble(what=f"{event.name} ended unexpectedly ({how})", log=instance.log(event.name))


if __name__ == "__main__":
    main()
