"""Throw faults at a local cloud by a seed: at services, providers and processes. Used by the chaos run."""

import os
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from local_cloud.chaos.fault_proxy import CALM, USUAL, FaultProxy
from local_cloud.cloud import LocalCloud
from local_cloud.environment import REGION, REGIONS
from local_cloud.provider_simulator.faults.control import FaultClient
from local_cloud.provider_simulator.faults.fault import PROVIDERS, FaultKind, ProviderFault
from local_cloud.supervisor.emulator_process import EMULATOR
from local_cloud.supervisor.state import SUPERVISOR, CloudFolder
from local_cloud.worker_memory import Worker, workers

if TYPE_CHECKING:
    from collections.abc import Callable

SERVICES = ("dynamodb", "kinesis", "sqs", "sns", "lambda", "s3", "logs")

KILLED, STOPPED = "worker killed", "worker stopped and continued"
OWN_STOPPED, EMULATOR_STOPPED = "event sources stopped and continued", "AWS stopped and continued"
REGION_AWAY = "Region taken away"
PROCESS_KINDS = (KILLED, STOPPED, OWN_STOPPED, EMULATOR_STOPPED)


@dataclass(slots=True, kw_only=True)
class Thrower:
    """Throws one fault after the other until its `end`; `thrown` counts those of processes."""

    cloud: LocalCloud
    proxy: FaultProxy
    chance: Random
    thrown: Counter[str] = field(default_factory=Counter, init=False)
    _over: threading.Event = field(default_factory=threading.Event, init=False)
    _stopped: dict[int, float] = field(default_factory=dict, init=False)  # when each is continued
    _storms: dict[str, float] = field(default_factory=dict, init=False)

    def run(self) -> None:
        """Throw until `end`; it rests a second between two, more or less."""
        self.proxy.shares = USUAL
        actions: dict[Callable[[], None], int] = {
            self._provider: 60,
            self._storm: 15,
            self._kill: 8,
            self._stop_worker: 8,
            self._stop_own: 2,
            self._stop_emulator: 2,
            self._region: 2,
        }
        while not self._over.wait(self.chance.uniform(0.4, 1.6)):
            self._calm_down()
            (action,) = self.chance.choices(list(actions), list(actions.values()))
            action()

    def end(self) -> None:
        """Lift every fault, and continue every process."""
        self._over.set()
        self.proxy.shares = CALM
        self._calm_down(at=float("inf"))
        self.control.clear()

    @property
    def control(self) -> FaultClient:
        """What sets the providers' faults."""
        return FaultClient(endpoint=self.cloud.provider_endpoint)

    def _provider(self) -> None:
        kind = self.chance.choice(list(FaultKind))
        value = self.chance.uniform(0.1, 0.6)
        if kind is FaultKind.SLOW:
            value = self.chance.choice((1.0, 3.0, 12.0))
        provider = self.chance.choice(PROVIDERS)
        (region,) = self.chance.choices(REGIONS, (3, 1))
        fault = ProviderFault(provider=provider, region=region, kind=kind, value=value)
        self._set([fault], most=6.0)
        if kind is FaultKind.DOWN:
            self.thrown[f"provider: {kind}"] += 1

    def _region(self) -> None:
        faults = [ProviderFault(provider=p, region=REGION, kind=FaultKind.DOWN) for p in PROVIDERS]
        self._set(faults, most=15.0)
        self.thrown[REGION_AWAY] += 1

    def _set(self, faults: list[ProviderFault], *, most: float) -> None:
        # A control that does not answer is one that is stopped: the next fault will find it.
        with suppress(OSError):
            self.control.set(faults, duration=timedelta(seconds=self.chance.uniform(1.0, most)))

    def _storm(self) -> None:
        service = self.chance.choice(SERVICES)
        self._storms[service] = time.monotonic() + self.chance.uniform(1.0, 5.0)
        self.proxy.storms.add(service)

    def _kill(self) -> None:
        if chosen := self._worker():
            self._signal(chosen.pid, signal.SIGKILL)
            self.thrown[KILLED] += 1

    def _stop_worker(self) -> None:
        # Some for longer than a claim's lease.
        if chosen := self._worker():
            seconds = self.chance.choice((0.5, 1.0, 1.0, 2.0, 2.0, 4.0, 4.0, 35.0))
            self._stop(chosen.pid, seconds, STOPPED)

    def _stop_own(self) -> None:
        self._stop_part(SUPERVISOR, OWN_STOPPED)

    def _stop_emulator(self) -> None:
        self._stop_part(EMULATOR, EMULATOR_STOPPED)

    def _stop_part(self, name: str, kind: str) -> None:
        state = CloudFolder(path=self.cloud.folder).read()
        if state and (process := state.processes.get(name)):
            self._stop(process.pid, self.chance.uniform(0.5, 3.0), kind)

    def _worker(self) -> Worker | None:
        found = workers(self.cloud.folder)
        functions = sorted({each.function for each in found})
        if not functions:
            return None
        function = self.chance.choice(functions)
        return self.chance.choice([each for each in found if each.function == function])

    def _stop(self, pid: int, seconds: float, kind: str) -> None:
        self._signal(pid, signal.SIGSTOP)
        self._stopped[pid] = time.monotonic() + seconds
        self.thrown[kind] += 1

    def _calm_down(self, *, at: float | None = None) -> None:
        """End storms and continue processes whose time is up."""
        now = time.monotonic() if at is None else at
        for pid in [pid for pid, until in self._stopped.items() if until <= now]:
            self._signal(pid, signal.SIGCONT)
            del self._stopped[pid]
        for service in [name for name, until in self._storms.items() if until <= now]:
            self.proxy.storms.discard(service)
            del self._storms[service]

    def _signal(self, pid: int, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
