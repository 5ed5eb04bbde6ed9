"""A message never goes out on a connection that idled, on real sockets."""

import datetime as dt
import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ordercast.events.order_event import Channel
from ordercast.gateways import clients, idle_connections
from ordercast.gateways.idle_connections import LONGEST_IDLE
from ordercast.gateways.providers.ses_email import SesEmail
from ordercast.gateways.providers.sns_sms import SnsSms
from ordercast.notifications.lifecycle import State
from tests.fakes.clock import HandTurnedClock
from tests.promises.provider import outgoing

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

ANSWERS = {
    "/": b"<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>",
    "/v2/email/outbound-emails": b'{"MessageId": "m"}',
}


class Provider(ThreadingHTTPServer):
    """Accepts every message, but on a connection that it takes for idle: that one it resets."""

    daemon_threads = True

    def __init__(self) -> None:
        self.connections = 0
        self.idle: set[int] = set()
        super().__init__(("127.0.0.1", 0), Handler)

    def idles(self) -> None:
        """Let every connection that is open by now be reset by the next request."""
        self.idle |= set(range(self.connections + 1))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider

    def setup(self) -> None:
        self.server.connections += 1
        self.number = self.server.connections
        super().setup()

    def do_POST(self) -> None:
        if self.number in self.server.idle:
            self.close_connection = True
            # Closing without lingering resets the connection (socket(7), SO_LINGER).
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = ANSWERS[self.path]
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(params=["http", "https"])
def provider(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Provider]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with Provider() as server:
        if request.param == "https":
            certificate = certificate_in(tmp_path)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
        endpoint = f"{request.param}://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def certificate_in(folder: Path) -> Path:
    """Write a certificate for 127.0.0.1, with its key, into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider.example.com")])
    today = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + timedelta(days=36500))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


Send = Callable[[int], list[State]]


@pytest.fixture
def clock() -> HandTurnedClock:
    return HandTurnedClock()


@pytest.fixture(params=[Channel.SMS, Channel.EMAIL])
def send(
    request: pytest.FixtureRequest, provider: Provider, clock: HandTurnedClock
) -> Iterator[Send]:
    """Send so many messages of a channel, one after the other, and return their states."""
    with ThreadPoolExecutor(1) as executor:
        ports: dict[str, Any] = {"wait": lambda _: None, "executor": executor}
        sender: SnsSms | SesEmail = (
            SnsSms(client=clients.sms_provider(now=clock), sender_id="", **ports)
            if request.param is Channel.SMS
            else SesEmail(
                client=clients.email_provider(now=clock),
                sender="orders@example.com",
                configuration_set="local",
                stage="test",
                **ports,
            )
        )
        yield lambda count: [
            each.state for each in sender.send([outgoing(n, request.param) for n in range(count)])
        ]


def test_what_follows_an_idle_time_goes_out_on_a_new_connection(send, provider, clock):
    send(1)
    clock.turn(LONGEST_IDLE + timedelta(seconds=1))
    provider.idles()

    assert [State.SENT] == send(1)
    assert 2 == provider.connections


def test_on_a_connection_that_idled_nobody_could_say_whether_it_went_out(
    send, provider, clock, monkeypatch
):
    """What this is for: without it the SDK reuses the connection, and the message is in doubt."""
    monkeypatch.setattr(idle_connections, "LONGEST_IDLE", timedelta(days=1))
    send(1)
    clock.turn(timedelta(minutes=5))
    provider.idles()

    assert [State.IN_DOUBT] == send(1)


def test_a_clock_that_was_put_back_is_no_proof_of_a_fresh_connection(send, provider, clock):
    send(1)
    clock.turn(timedelta(hours=-1))
    provider.idles()

    assert [State.SENT] == send(1)


def test_within_a_wave_connections_are_used_again(send, provider, clock):
    assert [State.SENT] * 25 == send(25)
    clock.turn(LONGEST_IDLE)

    assert [State.SENT] * 25 == send(25)
    assert 1 == provider.connections
