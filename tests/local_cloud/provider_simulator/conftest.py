"""Fixtures: the provider simulator without a network, and served in this process before a fake emulator."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local_cloud.inbox import Inbox, SentMessage, read_inbox
from local_cloud.provider_simulator.account_api import AccountApi
from local_cloud.provider_simulator.api import ProviderApi, new_id
from local_cloud.provider_simulator.charges import ChargesFile
from local_cloud.provider_simulator.emulator_client import EmulatorClient
from local_cloud.provider_simulator.faults.active import ActiveFaults
from local_cloud.provider_simulator.faults.control import FaultControl
from local_cloud.provider_simulator.faults.regional_endpoints import RegionalEndpoints
from local_cloud.provider_simulator.receipts import ReceiptDelivery
from local_cloud.provider_simulator.server import Router, server_on
from local_cloud.supervisor.supervisor import listen
from tests.local_cloud.provider_simulator.offline import OfflineSimulator

PUBLISHED = (
    b'<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>'
    b"<MessageId>from-emulator</MessageId></PublishResult></PublishResponse>"
)


class Cloud(BaseHTTPRequestHandler):
    """A fake emulator that knows one configuration set and one domain, and keeps the calls."""

    protocol_version = "HTTP/1.1"
    calls: list[tuple[str, str, dict[str, str], bytes]]

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.calls.append((self.command, self.path, dict(self.headers), body))
        status, answer = 200, PUBLISHED
        if self.path.startswith("/v2/"):
            known = "/local/" in self.path or self.path.endswith("example.com")
            status = 200 if known else 404
            answer = b'{"VerifiedForSendingStatus": true}' if known else b'{"message": "unknown"}'
        elif "PinpointSMSVoiceV2" in self.headers.get("x-amz-target", ""):
            known = b'"texts"' in body
            status = 200 if known else 400
            answer = (
                b'{"ConfigurationSets": [{}]}'
                if known
                else b'{"__type": "ResourceNotFoundException"}'
            )
        self.send_response(status)
        if status == 404:
            self.send_header("x-amzn-ErrorType", "NotFoundException")
        self.send_header("x-emulator", "itself")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = _answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        pass


class Served:
    def __init__(self, port: int, folder: Path, calls: list[Any]) -> None:
        self.endpoint, self.folder, self.calls = f"http://127.0.0.1:{port}", folder, calls

    def client(self, service: str, endpoint: str | None = None) -> Any:
        config = Config(retries={"total_max_attempts": 1})
        return boto3.client(service, endpoint_url=endpoint, config=config)  # type: ignore[call-overload]  # the stubs choose by literals

    @property
    def inbox(self) -> list[SentMessage]:
        return read_inbox(self.folder)


@pytest.fixture
def simulator(tmp_path: Path) -> OfflineSimulator:
    return OfflineSimulator(tmp_path)


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    calls: list[Any] = []
    cloud = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Cloud,), {"calls": calls}))
    emulator = EmulatorClient(f"http://127.0.0.1:{cloud.server_address[1]}")
    api = ProviderApi(
        inbox=Inbox(tmp_path),
        charges=ChargesFile(tmp_path),
        receipts=ReceiptDelivery(emulator, now=_now, log=silent, log_stream="s"),
        emulator=emulator,
        delay=timedelta(hours=1),
        now=_now,
        new_id=new_id,
        log=silent,
    )
    account = AccountApi(folder=tmp_path, forward=emulator.pass_on)
    faults = ActiveFaults(now=lambda: datetime.now(UTC))
    router = Router(api=api, account=account, emulator=emulator, faults=faults, log=silent)
    regional = partial(server_on, router=replace(router, refuses=True))
    endpoints = RegionalEndpoints(faults, regional)
    endpoints.follow()
    endpoints.write_rule_sets(tmp_path)
    control = FaultControl(faults=faults, endpoints=endpoints)
    provider = server_on(listen(), replace(router, control=control))
    served = Served(provider.server_address[1], tmp_path, calls)
    for name in ("SESV2", "SNS", "PINPOINT_SMS_VOICE_V2"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{name}", served.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    servers = (cloud, provider)
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield served
    endpoints.close()
    for server in reversed(servers):
        server.shutdown()
        server.server_close()


@contextmanager
def threaded(server: ThreadingHTTPServer) -> Iterator[int]:
    """Serve in a thread while a block runs; yields the port."""
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def _now() -> datetime:
    return datetime(2026, 11, 21, 12, tzinfo=UTC)


def silent(slug: str, **fields: Any) -> None:
    del slug, fields
