"""Run what the emulator lacks: provider simulator, event sources, metric extraction. Used by the supervisor.

All of it runs in threads of the supervisor's process, where it needs less than a tenth of a core.
"""

import socket
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import boto3

from lambda_event_sources.drivers import EventSources
from lambda_event_sources.streams.backoff import Backoff
from local_cloud.environment import CREDENTIALS, REGION
from local_cloud.event_log import log_of
from local_cloud.in_flight import PositionsFile
from local_cloud.inbox import Inbox
from local_cloud.metric_extraction.extractor import Extractor
from local_cloud.provider_simulator.account_api import AccountApi
from local_cloud.provider_simulator.api import ProviderApi, new_id
from local_cloud.provider_simulator.charges import ChargesFile
from local_cloud.provider_simulator.emulator_client import EmulatorClient
from local_cloud.provider_simulator.faults.active import ActiveFaults
from local_cloud.provider_simulator.faults.control import FaultControl
from local_cloud.provider_simulator.faults.regional_endpoints import RegionalEndpoints
from local_cloud.provider_simulator.receipts import ReceiptDelivery
from local_cloud.provider_simulator.server import Router, server_on
from local_cloud.supervisor.state import POSITIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services of the local cloud in *folder*, whose emulator answers at *endpoint*.

    *between* is what the event sources call in its place, if anything stands between.
    *provider* is the listening socket of the provider simulator. *failed* is called with a text that
    names a service that ended by itself, and the error.
    """

    folder: Path
    endpoint: str
    provider: socket.socket
    receipt_delay: float  # seconds
    failed: Callable[[str], None]
    between: str = ""

    def start(self) -> None:
        """Start every service in threads that end with the process."""
        event_sources = EventSources(
            boto3.Session(
                aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
                region_name=REGION,
            ),
            endpoint_url=self.between or self.endpoint,
            # Each batch in flight is a process of the function; a laptop has few cores.
            queue_pollers=3,
            backoff=Backoff(first=timedelta(seconds=0.5), most=timedelta(seconds=10)),
            log=log_of("event-sources"),
            save_positions=PositionsFile(self.folder / POSITIONS).save,
        )
        extractor = Extractor(self.endpoint, now=_now, log=log_of("metric-extraction"))
        self._start_provider_simulator()
        self._run("event sources", event_sources.run)
        self._run("metric extraction", extractor.run)

    def _start_provider_simulator(self) -> None:
        log = log_of("provider-simulator")
        emulator = EmulatorClient(self.endpoint)
        receipts = ReceiptDelivery(emulator, now=_now, log=log, log_stream=new_id())
        api = ProviderApi(
            inbox=Inbox(self.folder / "inbox"),
            charges=ChargesFile(self.folder / "inbox"),
            receipts=receipts,
            emulator=emulator,
            delay=timedelta(seconds=self.receipt_delay),
            now=_now,
            new_id=new_id,
            log=log,
        )
        faults = ActiveFaults(now=_now)
        router = Router(
            api=api,
            account=AccountApi(folder=self.folder, forward=emulator.pass_on),
            emulator=emulator,
            faults=faults,
            log=log,
        )
        endpoints = RegionalEndpoints(
            faults, partial(server_on, router=replace(router, refuses=True))
        )
        endpoints.write_rule_sets(self.folder)
        control = FaultControl(faults=faults, endpoints=endpoints)
        server = server_on(self.provider, replace(router, control=control))
        self._run("provider simulator", server.serve_forever)
        self._run("endpoints of the provider simulator", endpoints.run)
        self._run("receipts of the provider simulator", receipts.run)
        log("simulation_ready", receipt_delay=self.receipt_delay)

    def _run(self, name: str, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - the supervisor stops the local cloud
                traceback.print_exc(file=sys.stderr)
                self.failed(f"{name} ended unexpectedly ({type(error).__name__})")

        threading.Thread(target=run, daemon=True, name=name).start()


def _now() -> datetime:
    return datetime.now(UTC)
